#include "exchange/exchange_store.h"

#include <iterator>

#include "exchange/message_bodies.h"

namespace podwire::exchange {
namespace {

constexpr std::size_t kMaxFreeRecords = 256;
constexpr std::size_t kMaxFreeTextBytes = 8'192;  // of one string that waits for its next use
constexpr std::size_t kMaxFreeFields = 64;
constexpr unsigned kOrdinalBits = 28;

// A bijection (the finalizer of SplitMix64): different inputs have different ids.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

void reset(std::string& text) {
  text.clear();
  if (text.capacity() > kMaxFreeTextBytes) text.shrink_to_fit();
}

void reset(StoredSection& section) {
  reset(section.bytes);
  section.fields.clear();
  if (section.fields.capacity() > kMaxFreeFields) section.fields.shrink_to_fit();
}

void reset(StoredMessage& message) {
  reset(message.head);
  reset(message.trailers);
  reset(message.body);
  message.control = {};
  message.messages.reset();
  message.body_bytes.reset();
  message.wire_bytes.reset();
  message.body_wanted = 0;
  message.seen = message.ended = false;
}

void reset(ExchangeRecord& record) {
  reset(record.request);
  reset(record.response);
  record.informational.clear();
  record.owner = nullptr;
  record.next = nullptr;
  record.missing = {};
  record.unproven = {};
  record.announced = record.request_cut = record.upgraded = record.pushed = false;
  record.stream.reset();
  record.reset.reset();
  record.paired = true;
  record.first_response_byte_ns.reset();
  record.last_response_byte_ns.reset();
  record.charged = 0;
}

}  // namespace

ExchangeStore::ExchangeStore(const ExchangeLimits& limits, ExchangeSink& sink, CaptureNeeds& needs,
                             std::uint64_t id_salt)
    : limits_(limits),
      sink_(sink),
      needs_(needs),
      id_salt_(id_salt),
      scratch_(limits.max_incomplete_bytes),
      frame_memory_(limits.max_incomplete_bytes),
      table_memory_(limits.max_table_bytes) {}

ExchangeRecord& ExchangeStore::open(std::uint64_t flow_id, std::uint64_t ordinal, std::uint64_t start_ns) {
  if (free_.empty()) free_.emplace_back();
  fresh_.splice(fresh_.end(), free_, free_.begin());
  ExchangeRecord& record = fresh_.back();
  record.self = std::prev(fresh_.end());
  record.id = mix((flow_id << kOrdinalBits ^ ordinal) ^ mix(id_salt_));
  record.start_ns = start_ns;
  return record;
}

void ExchangeStore::finish(ExchangeRecord& record, End end) {
  end_messages(record, end);
  sink_.exchange(view(record, end));
  discard(record);
}

void ExchangeStore::discard(ExchangeRecord& record) {
  stored_bytes_ -= record.charged;
  const auto self = record.self;
  std::list<ExchangeRecord>& home = record.announced ? announced_ : fresh_;
  if (free_.size() >= kMaxFreeRecords) {
    home.erase(self);
    return;
  }
  reset(record);
  free_.splice(free_.begin(), home, self);
}

const ExchangeView& ExchangeStore::view(ExchangeRecord& record, End end) {
  if (record.owner != nullptr && (record.request.in_progress() || record.response.in_progress())) {
    record.owner->refresh(record);
  }
  return views_.build(record, end);
}

void ExchangeStore::announce(std::uint64_t now_ns) {
  while (!fresh_.empty() && fresh_.front().start_ns + kAnnounceAfterNs <= now_ns) {
    ExchangeRecord& record = fresh_.front();
    sink_.exchange(view(record, End::kOpen));
    record.announced = true;
    announced_.splice(announced_.end(), fresh_, record.self);
  }
}

void ExchangeStore::for_each_open(std::uint32_t attachment_id,
                                  const std::function<void(const ExchangeView&)>& visitor) {
  for (std::list<ExchangeRecord>* records : {&announced_, &fresh_}) {
    for (ExchangeRecord& record : *records) {
      if (record.attachment_id == attachment_id) visitor(view(record, End::kDetached));
    }
  }
}

bool ExchangeStore::charge(ExchangeRecord& record, std::size_t bytes) {
  if (stored_bytes_ + bytes > limits_.max_stored_bytes) {
    record.missing.add(Missing::kMemoryFull);
    return false;
  }
  stored_bytes_ += bytes;
  record.charged += bytes;
  return true;
}

}  // namespace podwire::exchange
