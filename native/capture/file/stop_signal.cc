#include "capture/file/stop_signal.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace podwire::capture {

StopSignal::StopSignal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

StopSignal::~StopSignal() { ::close(descriptor_); }

void StopSignal::raise() {
  raised_.store(true, std::memory_order_release);
  // Cannot fail: the counter holds 2^64 - 2 and is raised a handful of times at most.
  static_cast<void>(::eventfd_write(descriptor_, 1));
}

}  // namespace podwire::capture
