// What is told of the messages of one direction of an HTTP/1 connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http1/head_parser.h"
#include "http1/message_framing.h"

namespace podwire::http1 {

enum class MessageEndKind : std::uint8_t {
  kComplete,
  kEndUnseen,  // its end was among lost bytes, or cannot be told: of a response that may answer HEAD
  kCut,        // the stream ended before it did
};

struct MessageEnd {
  MessageEndKind how = MessageEndKind::kComplete;
  bool last_byte_seen = true;
  std::optional<std::uint64_t> body_bytes;  // nullopt: bytes were lost and their number is not certain
  std::optional<std::uint64_t> wire_bytes;
  bool doubtful = false;  // the body was not framed as the RFC says: other recipients may have read another one
};

// Of HeadSeen::acknowledged.
constexpr std::uint64_t kAcknowledgmentUnknown = UINT64_MAX;

struct HeadSeen {
  std::uint64_t first_byte_ns = 0;
  // As MessageReader::data was told with the first byte, or, of a head that was found by searching, with the last.
  std::uint64_t acknowledged = kAcknowledgmentUnknown;
  // Of the bytes that were told until now, so many stand behind the head; at least, when it is not whole.
  std::size_t bytes_behind = 0;
  bool whole = true;  // false: the rest of the head was lost or never came; `fields` are those before
  // False: the head was found by searching, or stands behind a message of which that holds, and nothing tells it from
  // one that stands in a body; perhaps there never was such a message. Confirmed are heads again from one on that the
  // other direction speaks for: where expect_head was called, or where one begins a piece behind bear_out.
  //
  // A body may consist of messages, so that each looks right behind the one before. So until the other direction has
  // begun a message too (converse), only heads that begin a piece are told of those that are not confirmed.
  bool confirmed = true;
};

// In this order for each message: head, then body and trailers, then one end. A head that is not whole is followed
// by its end. Everything pointed at is valid only during the call.
class MessageEvents {
 public:
  virtual ~MessageEvents() = default;
  // Asked right before a response's head is told, which `seen` is of.
  virtual AnsweredMethod answered_method(const HeadSeen& seen) = 0;
  virtual void head(const Head& head, const Framing& framing, const HeadSeen& seen) = 0;
  virtual void body(std::string_view data) = 0;
  virtual void trailers(std::string_view bytes, std::span<const Field> fields) = 0;
  virtual void end(const MessageEnd& end) = 0;
  // No head stood where one had to: after expect_head, or behind a message whose own head was not confirmed. The reader
  // searches for the next head.
  virtual void expectation_failed() = 0;
  // Behind a message whose own head was not confirmed, or which may lack its body, stands what may be more messages or
  // a body: it is not told. The reader searches for the next head.
  virtual void passed_over() = 0;
  // A message that was doubted goes on.
  virtual void went_on() = 0;
  // While a head of this reader's kind was searched for, one of the other kind was found.
  // True: take it, and be a reader of that kind from now on. During the call this reader must be left alone.
  virtual bool contrary_head(const Head& head) {
    static_cast<void>(head);
    return false;
  }
  // Bytes behind a message that turned the stream into another protocol's (BodyKind::kTunnel).
  virtual void tunnel(std::string_view /*bytes*/) {}
};

}  // namespace podwire::http1
