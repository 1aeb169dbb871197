// Bounds of what is read of one direction of an HTTP/2 connection.
#pragma once

#include <cstddef>
#include <cstdint>

namespace podwire::http2 {

inline constexpr std::size_t kFrameHeaderBytes = 9;
// RFC 9113, section 6.5.2: what a receiver allows unless it says otherwise.
inline constexpr std::uint32_t kDefaultMaxFrameBytes = 16'384;
// Section 4.2: what it may allow with SETTINGS_MAX_FRAME_SIZE at most.
inline constexpr std::uint32_t kMaxFrameBytes = (std::uint32_t{1} << 24U) - 1;
// Of a header block, compressed, with all its CONTINUATION frames. Beyond, the block is told as lost.
inline constexpr std::size_t kMaxHeaderBlockBytes = std::size_t{256} << 10U;
// Kept of SETTINGS, which is told in several when it is larger. Of other frames that are neither DATA nor part of a
// header block no more than their fixed fields is.
inline constexpr std::size_t kMaxControlBytes = 1'024;
// Kept while searching for a frame boundary.
inline constexpr std::size_t kMaxSearchBytes = std::size_t{64} << 10U;

}  // namespace podwire::http2
