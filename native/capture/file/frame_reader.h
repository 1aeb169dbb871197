// One captured link-layer frame after the other, whatever the file format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace podwire::capture {

// A captured frame, or a block that holds one, is no larger: beyond it the file is taken to be damaged. As Wireshark
// has it.
inline constexpr std::size_t kMaxBlockBytes = 16 * 1024 * 1024;

// `bytes` is valid until the next frame is read.
struct Frame {
  std::uint64_t time_ns = 0;         // since 1970, UTC
  std::uint16_t link_type = 0;       // https://www.tcpdump.org/linktypes.html
  std::uint32_t original_bytes = 0;  // on the wire; at least bytes.size()
  std::span<const std::uint8_t> bytes;
};

class FrameReader {
 public:
  virtual ~FrameReader() = default;
  // False at the end of the file. Throws FileProblem; after that no further call is allowed.
  [[nodiscard]] virtual bool next(Frame& frame) = 0;
};

}  // namespace podwire::capture
