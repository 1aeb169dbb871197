// One request and its response, as the engine knows them. Native words for proto/podwire.proto's Exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
  kCount,
};

class MissingSet {
 public:
  constexpr void add(Missing cause) { bits_ |= bit(cause); }
  [[nodiscard]] constexpr bool has(Missing cause) const { return (bits_ & bit(cause)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr void merge(MissingSet other) { bits_ |= other.bits_; }

 private:
  static constexpr std::uint16_t bit(Missing cause) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(cause));
  }
  std::uint16_t bits_ = 0;
};

// The value as RFC 9110, section 5.5 has it: without the white space around it.
struct HeaderField {
  std::string_view name;
  std::string_view value;
  bool known = true;  // false: the value cannot be known
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
};

// Handed to an ExchangeSink; everything it points at is valid only during that call.
struct ExchangeView {
  std::uint64_t id = 0;  // the same for every view of one exchange
  std::uint32_t attachment_id = 0;
  std::uint64_t start_monotime_ns = 0;
  Direction direction = Direction::kUnknown;
  tcp::Endpoint source;       // who sent the request
  tcp::Endpoint destination;  // who answered
  Protocol protocol = Protocol::kUnknown;
  std::optional<std::uint32_t> stream;
  const RequestView* request = nullptr;    // null: no byte of it was seen
  const ResponseView* response = nullptr;  // null: no byte of it was seen
  std::span<const InformationalView> informational;
  std::optional<std::uint64_t> first_response_byte_nanos;
  std::optional<std::uint64_t> duration_nanos;
  End end = End::kOpen;
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
  kHttp2Unread,         // unit: connections
  kCount,
};

class ExchangeSink {
 public:
  virtual ~ExchangeSink() = default;
  virtual void exchange(const ExchangeView& view) = 0;
  // `server` is the end that a connection leads to.
  virtual void loss(std::uint32_t attachment_id, LossCause cause, const tcp::Endpoint& server) = 0;
};

}  // namespace podwire::exchange
