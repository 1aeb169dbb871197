#include "capture/file/descriptor_source.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "capture/file/file_problem.h"

namespace podwire::capture {

namespace {

[[noreturn]] void fail(const char* what) {
  throw FileProblem(std::string("The file cannot be ") + what + ": " + std::generic_category().message(errno) + ".");
}

}  // namespace

DescriptorSource::DescriptorSource(int descriptor, const StopSignal& stop, std::function<void()> before_waiting)
    : descriptor_(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)), stop_(stop), before_waiting_(std::move(before_waiting)) {
  if (descriptor_ < 0) fail("opened");
}

DescriptorSource::~DescriptorSource() { ::close(descriptor_); }

std::size_t DescriptorSource::read(std::span<std::uint8_t> into) {
  for (;;) {
    wait_readable();
    if (stop_.raised()) throw ReadAborted();
    const ssize_t got = ::read(descriptor_, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) fail("read");
  }
}

void DescriptorSource::wait_readable() const {
  // A pipe that is written steadily is not worth handing over every little piece of.
  constexpr int kSettleMs = 5;
  constexpr int kForever = -1;
  if (poll_readable(kSettleMs)) return;
  before_waiting_();
  static_cast<void>(poll_readable(kForever));
}

bool DescriptorSource::poll_readable(int timeout_ms) const {
  std::array<pollfd, 2> waited{pollfd{descriptor_, POLLIN, 0}, pollfd{stop_.descriptor(), POLLIN, 0}};
  int ready = 0;
  while ((ready = ::poll(waited.data(), waited.size(), timeout_ms)) < 0) {
    if (errno != EINTR) fail("waited for");
  }
  return ready > 0;
}

}  // namespace podwire::capture
