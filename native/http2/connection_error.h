// What a sender must not send, and what its receiver answers with a connection error (RFC 9113, section 5.4.1): as far
// as one direction alone shows it, without the state of streams.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "http2/frame.h"
#include "http2/sender.h"

namespace podwire::http2 {

// Length and stream identifier against the type (section 6), types and streams against the sender (sections 5.1.1,
// 8.4).
[[nodiscard]] bool is_connection_error(const FrameHeader& header, Sender sender);
// Padding that leaves no room (sections 6.1, 6.2), promised streams that a server cannot open (section 6.6), window
// increments of 0 for the connection (section 6.9). `bytes`: fixed_field_bytes(header) of them.
[[nodiscard]] bool is_connection_error(const FrameHeader& header, std::string_view bytes);
// An error of its stream alone: a PRIORITY frame of a wrong length (section 6.3), a window increment of 0 for a stream
// (section 6.9). `bytes`: fixed_field_bytes(header) of them.
[[nodiscard]] bool is_stream_error(const FrameHeader& header, std::string_view bytes);
// Values out of bounds (section 6.5.2).
[[nodiscard]] bool is_connection_error(std::span<const Setting> settings, Sender sender);

}  // namespace podwire::http2
