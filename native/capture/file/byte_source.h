// Where the bytes of a capture file come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace podwire::capture {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Waits for at least one byte; returns how many were written to `into` (which is not empty), 0 at the end.
  // Throws FileProblem when the source fails, ReadAborted when reading was stopped.
  [[nodiscard]] virtual std::size_t read(std::span<std::uint8_t> into) = 0;
};

}  // namespace podwire::capture
