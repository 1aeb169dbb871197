// An exchange while it is under way: copies of its heads, and what is known of its bodies and times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/control_data.h"
#include "exchange/exchange.h"
#include "exchange/message_counter.h"

namespace podwire::exchange {

// Offsets into its section's bytes.
struct StoredField {
  std::uint32_t name_offset = 0;
  std::uint32_t value_offset = 0;
  std::uint32_t value_length = 0;
  std::uint16_t name_length = 0;  // 0: the name cannot be known
  bool value_known = true;
  bool never_indexed = false;  // as of HeaderField

  [[nodiscard]] std::string_view name(std::string_view bytes) const {
    return {bytes.data() + name_offset, name_length};
  }
  [[nodiscard]] std::string_view value(std::string_view bytes) const {
    return {bytes.data() + value_offset, value_length};
  }
};

struct StoredSection {
  std::string bytes;
  std::vector<StoredField> fields;

  // First of that name (in lower case), without regard to its own case, or nullptr.
  [[nodiscard]] const StoredField* find(std::string_view name) const;
};

struct StoredInformational {
  std::uint16_t status = 0;
  StoredSection head;
};

struct StoredMessage {
  StoredSection head;
  StoredSection trailers;
  std::string body;
  ControlData control;
  std::unique_ptr<MessageCounter> messages;  // null: its body has no messages
  std::optional<std::uint64_t> body_bytes;
  std::optional<std::uint64_t> wire_bytes;
  std::uint32_t body_wanted = 0;  // bytes; lowered when no more can be kept
  bool seen = false;
  bool ended = false;

  [[nodiscard]] bool in_progress() const { return seen && !ended; }
  // Empty when it is not known.
  [[nodiscard]] std::string_view method() const {
    return control.method ? control.method->in(head.bytes) : std::string_view();
  }
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
  MissingSet unproven;  // why there may be no such exchange, unless it has both heads
  bool announced = false;
  bool paired = true;        // false: a request whose response cannot be told
  bool request_cut = false;  // its stream ended first
  bool upgraded = false;
  bool pushed = false;
  std::optional<std::uint32_t> stream;
  std::optional<StreamReset> reset;
  std::uint64_t start_ns = 0;
  std::uint64_t request_head_end = 0;  // of HTTP/1: as RequestSeen::head_end
  std::optional<std::uint64_t> first_response_byte_ns;
  std::optional<std::uint64_t> last_response_byte_ns;
  StoredMessage request;
  StoredMessage response;
  std::vector<StoredInformational> informational;
  std::size_t charged = 0;  // bytes counted in the store
};

}  // namespace podwire::exchange
