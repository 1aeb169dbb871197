// What a message says besides its fields and content: RFC 9110, section 6.2.
#pragma once

#include <cstdint>
#include <optional>

#include "exchange/exchange.h"
#include "http1/head_parser.h"

namespace podwire::exchange {

using http1::TextRange;

// Offsets into the head's bytes; nullopt: not known, or not of this protocol.
struct ControlData {
  Protocol protocol = Protocol::kUnknown;
  std::uint16_t status = 0;  // 0: not known
  std::optional<TextRange> method = std::nullopt;
  std::optional<TextRange> target = std::nullopt;  // HTTP/1: scheme, authority and path are in it, and in Host
  std::optional<TextRange> reason = std::nullopt;  // HTTP/1
  std::optional<TextRange> scheme = std::nullopt;  // HTTP/2, as those below
  std::optional<TextRange> authority = std::nullopt;
  std::optional<TextRange> path = std::nullopt;
  std::optional<TextRange> connect_protocol = std::nullopt;
};

}  // namespace podwire::exchange
