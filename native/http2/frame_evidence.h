// How much bytes look like a frame: the evidence of one frame in bits, each at most what a match would be worth on
// random bytes, and less where bodies are known to look alike. Negative: frames seldom look so. nullopt: none does.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http2/frame.h"
#include "http2/sender.h"

namespace podwire::http2 {

// `bytes` holds kFrameHeaderBytes.
[[nodiscard]] std::optional<int> header_evidence(std::string_view bytes, Sender sender);

// Whether the payload can tell more, and is short enough to be kept for it.
[[nodiscard]] bool payload_tells(const FrameHeader& header);
[[nodiscard]] std::optional<int> payload_evidence(const FrameHeader& header, std::string_view payload, Sender sender);

}  // namespace podwire::http2
