// Bytes of a file descriptor: a file, a pipe, a terminal, a socket; blocking or not.
#pragma once

#include <functional>

#include "capture/file/byte_source.h"
#include "capture/file/stop_signal.h"

namespace podwire::capture {

class DescriptorSource final : public ByteSource {
 public:
  // Reads a duplicate, so that the caller may close his own. `stop` must outlive the source. `before_waiting` is called
  // whenever nothing came for some milliseconds, so that what was read can be handed on. Throws FileProblem.
  DescriptorSource(int descriptor, const StopSignal& stop, std::function<void()> before_waiting);
  ~DescriptorSource() override;
  DescriptorSource(const DescriptorSource&) = delete;
  DescriptorSource& operator=(const DescriptorSource&) = delete;

  [[nodiscard]] std::size_t read(std::span<std::uint8_t> into) override;

 private:
  void wait_readable() const;
  [[nodiscard]] bool poll_readable(int timeout_ms) const;

  int descriptor_;
  const StopSignal& stop_;
  std::function<void()> before_waiting_;
};

}  // namespace podwire::capture
