// How long a message's body is: RFC 9112, section 6.3.
#pragma once

#include <cstdint>
#include <optional>

#include "http1/head_parser.h"

namespace podwire::http1 {

enum class BodyKind : std::uint8_t {
  kNone,
  kLength,  // exactly `length` bytes, more than none
  kChunked,
  kUntilClose,
  kTunnel,  // what follows is not of this protocol (of a CONNECT request: if its response is a 2xx)
};

struct Framing {
  BodyKind body = BodyKind::kNone;
  std::uint64_t length = 0;
  // The fields contradict each other, or no two recipients need agree on what they say: Transfer-Encoding with
  // Content-Length, in HTTP/1.0, folded over lines, with chunked twice or with codings that are no tokens. They were
  // read as the RFC says; other recipients may read them otherwise.
  bool doubtful = false;
};

// What is known of the request that a response answers.
enum class AnsweredMethod : std::uint8_t { kUnknown, kOther, kHead, kConnect };

[[nodiscard]] AnsweredMethod answered_method(std::string_view request_method);

// nullopt: no length can be told, which makes the message malformed.
[[nodiscard]] std::optional<Framing> request_framing(const Head& head);
// After such a response the connection is of another protocol, whatever fields it has.
[[nodiscard]] bool begins_tunnel(std::uint16_t status, AnsweredMethod answered);
[[nodiscard]] std::optional<Framing> response_framing(const Head& head, AnsweredMethod answered);

}  // namespace podwire::http1
