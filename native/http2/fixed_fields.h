// What stands at the beginning of a payload, before its part of variable length (RFC 9113, section 6).
#pragma once

#include <cstdint>
#include <string_view>

#include "http2/frame.h"

namespace podwire::http2 {

// Pad Length, priority, promised stream, error code…: so many octets; 0 for frames without them, and for those whose
// payload does not matter.
inline constexpr std::uint32_t kMaxFixedFieldBytes = 8;
[[nodiscard]] std::uint32_t fixed_field_bytes(const FrameHeader& header);

// `bytes`: fixed_field_bytes(header) of them. 0 without PADDED.
[[nodiscard]] std::uint8_t pad_length(const FrameHeader& header, std::string_view bytes);
// Of PUSH_PROMISE; otherwise 0.
[[nodiscard]] std::uint32_t promised_stream_id(const FrameHeader& header, std::string_view bytes);

}  // namespace podwire::http2
