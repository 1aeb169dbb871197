// An exchange while it is under way: copies of its heads, and what is known of its bodies and times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/exchange.h"
#include "http1/head_parser.h"

namespace podwire::exchange {

struct StoredSection {
  std::string bytes;
  std::vector<http1::Field> fields;  // offsets into `bytes`
};

struct StoredInformational {
  std::uint16_t status = 0;
  StoredSection head;
};

struct StoredMessage {
  StoredSection head;
  StoredSection trailers;
  std::string body;
  http1::StartLine start;  // offsets into head.bytes
  std::optional<std::uint64_t> body_bytes;
  std::optional<std::uint64_t> wire_bytes;
  std::uint32_t body_wanted = 0;  // bytes; lowered when no more can be kept
  bool seen = false;
  bool ended = false;
  bool target_kept = true;  // of a request: false when its start line was too long to be kept

  [[nodiscard]] bool in_progress() const { return seen && !ended; }
};

struct ExchangeRecord;

// The connection that an exchange passes on.
class ExchangeOwner {
 public:
  virtual ~ExchangeOwner() = default;
  // Sets the byte counts of the messages in progress.
  virtual void refresh(ExchangeRecord& record) = 0;
};

struct ExchangeRecord {
  std::uint64_t id = 0;
  ExchangeOwner* owner = nullptr;
  ExchangeRecord* next = nullptr;  // in the queue of requests that wait for their response
  std::list<ExchangeRecord>::iterator self;
  tcp::Endpoint source;
  tcp::Endpoint destination;
  std::uint32_t attachment_id = 0;
  Direction direction = Direction::kUnknown;
  MissingSet missing;
  bool announced = false;
  bool paired = true;        // false: a request whose response cannot be told
  bool request_cut = false;  // its stream ended first
  bool upgraded = false;
  std::uint64_t start_ns = 0;
  std::optional<std::uint64_t> first_response_byte_ns;
  std::optional<std::uint64_t> last_response_byte_ns;
  StoredMessage request;
  StoredMessage response;
  std::vector<StoredInformational> informational;
  std::size_t charged = 0;  // bytes counted in the store
};

}  // namespace podwire::exchange
