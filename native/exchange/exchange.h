// One request and its response, as the engine knows them. Native words for proto/podwire.proto's Exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tcp/segment.h"

namespace podwire::exchange {

enum class Protocol : std::uint8_t { kUnknown, kHttp10, kHttp11, kHttp2 };

// Relative to the tapped pod.
enum class Direction : std::uint8_t { kUnknown, kInbound, kOutbound, kInternal };

enum class End : std::uint8_t { kOpen, kComplete, kReset, kClosed, kUpgraded, kDetached };

enum class Missing : std::uint8_t {
  kJoinedLate,
  kLostPackets,
  kTruncated,
  kReorderedTooLong,
  kMalformed,
  kNoRequest,
  kNoResponse,
  kUnknownHeaders,
  kHeadersTooLarge,       // a header section beyond its bounds: fields were left out
  kMemoryFull,            // beyond what all exchanges together may keep
  kTooManyStreams,        // of one HTTP/2 connection at once
  kTooDeepPipeline,       // of one HTTP/1 connection
  kTooManyInformational,  // 1xx responses of one exchange
  kEvicted,               // the connection, as the longest idle of too many
  kIdle,                  // the connection, for too long
  kCount,
};

class MissingSet {
 public:
  constexpr void add(Missing cause) { bits_ |= bit(cause); }
  [[nodiscard]] constexpr bool has(Missing cause) const { return (bits_ & bit(cause)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr void merge(MissingSet other) { bits_ |= other.bits_; }

 private:
  static constexpr std::uint32_t bit(Missing cause) { return 1U << static_cast<unsigned>(cause); }
  std::uint32_t bits_ = 0;
};

// The value as RFC 9110, section 5.5 has it: without the white space around it.
struct HeaderField {
  std::string_view name;  // empty: it cannot be known (HPACK); what the value may be shown to whom is not known either
  std::string_view value;
  bool known = true;           // false: the value cannot be known
  bool never_indexed = false;  // its sender holds the value for sensitive: RFC 7541, section 7.1.3
};

enum class MessageKind : std::uint8_t { kGrpc, kText, kBinary, kPing, kPong, kEvent, kCount };

struct MessageCount {
  MessageKind kind = MessageKind::kGrpc;
  std::uint64_t count = 0;       // whole messages
  std::uint64_t bytes = 0;       // of them, as sent, without framing
  std::uint64_t compressed = 0;  // of them, by a coding of their own
};

// Messages of one direction so far: gRPC, WebSocket, server-sent events.
struct MessagesView {
  std::span<const MessageCount> counts;     // kinds that can occur, also when none did
  bool exact = true;                        // false: lower bounds
  std::optional<std::uint16_t> close_code;  // of a WebSocket's Close frame
};

struct Body {
  std::string_view content;  // the captured beginning, after transfer coding
  bool truncated = false;    // more of it passed than was kept
};

// nullopt: not seen.
struct RequestView {
  std::optional<std::string_view> method;
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::optional<std::string_view> path;  // with query; of an absolute-form target the path alone
  std::span<const HeaderField> headers;
  std::span<const HeaderField> trailers;
  std::optional<std::uint64_t> body_bytes;
  std::optional<std::uint64_t> wire_bytes;
  Body body;
  const MessagesView* messages = nullptr;            // null: not a kind of body that has messages
  std::optional<std::string_view> connect_protocol;  // `:protocol` of an extended CONNECT: RFC 8441, section 4
};

struct InformationalView {
  std::uint16_t status = 0;
  std::span<const HeaderField> headers;
};

struct ResponseView {
  std::optional<std::uint16_t> status;
  std::optional<std::string_view> reason;
  std::span<const HeaderField> headers;
  std::span<const HeaderField> trailers;
  std::optional<std::uint64_t> body_bytes;
  std::optional<std::uint64_t> wire_bytes;
  Body body;
  const MessagesView* messages = nullptr;
};

// RST_STREAM: RFC 9113, section 6.4.
struct StreamReset {
  std::uint32_t error_code = 0;
  bool by_source = false;  // sent by the end that made the request
};

// Handed to an ExchangeSink; everything it points at is valid only during that call.
struct ExchangeView {
  std::uint64_t id = 0;  // the same for every view of one exchange
  std::uint32_t attachment_id = 0;
  std::uint64_t start_monotime_ns = 0;
  Direction direction = Direction::kUnknown;
  tcp::Endpoint source;       // who sent the request
  tcp::Endpoint destination;  // who answered
  // What the source asked for, where address translation led it to `destination`. Never of the engine, which knows what
  // passed the tapped interface alone.
  std::optional<tcp::Endpoint> via;
  Protocol protocol = Protocol::kUnknown;
  std::optional<std::uint32_t> stream;
  const RequestView* request = nullptr;    // null: no byte of it was seen
  const ResponseView* response = nullptr;  // null: no byte of it was seen
  std::span<const InformationalView> informational;
  std::optional<std::uint64_t> first_response_byte_nanos;
  std::optional<std::uint64_t> duration_nanos;
  End end = End::kOpen;
  std::optional<StreamReset> reset;  // of an exchange that ends as kReset by RST_STREAM
  bool pushed = false;               // promised by the server: RFC 9113, section 8.4
  MissingSet missing;
  bool announced = false;  // a view with End::kOpen and this id came before
};

// Connections and gaps that no exchange can tell of.
enum class LossCause : std::uint8_t {
  kReorderTimeout,      // unit: gaps
  kReorderBufferFull,   // unit: gaps
  kSegmentNotCaptured,  // unit: gaps
  kFlowEvicted,         // unit: connections
  kMalformed,           // unit: connections
  kTls,                 // unit: connections
  kNotHttp,             // unit: connections
  kUnrecognised,        // unit: connections; not seen from their beginning
  kMalformedStream,     // unit: HTTP/2 streams
  kCount,
};

// What a TLS ClientHello told in clear; empty where it was not seen.
struct TlsNames {
  std::string_view server_name;
  std::span<const std::string> protocols;  // ALPN
};

class ExchangeSink {
 public:
  virtual ~ExchangeSink() = default;
  virtual void exchange(const ExchangeView& view) = 0;
  // `server` is the end that a connection leads to. `names`: of kTls.
  virtual void loss(std::uint32_t attachment_id, LossCause cause, const tcp::Endpoint& server,
                    const TlsNames& names) = 0;
};

}  // namespace podwire::exchange
