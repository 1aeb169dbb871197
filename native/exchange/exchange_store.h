// All exchanges under way on one thread: memory, order, and what is sent of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <string_view>

#include "exchange/capture_needs.h"
#include "exchange/exchange.h"
#include "exchange/exchange_limits.h"
#include "exchange/exchange_record.h"
#include "exchange/exchange_view_builder.h"
#include "exchange/http2_head.h"
#include "hpack/decoder.h"
#include "http1/section_buffer.h"
#include "http2/frame_reader.h"

namespace podwire::exchange {

// Records stay where they are until they are finished or discarded; then their memory is used again.
class ExchangeStore {
 public:
  ExchangeStore(const ExchangeLimits& limits, ExchangeSink& sink, CaptureNeeds& needs, std::uint64_t id_salt);

  [[nodiscard]] const ExchangeLimits& limits() const { return limits_; }
  [[nodiscard]] ExchangeSink& sink() { return sink_; }
  [[nodiscard]] http1::ReaderScratch& scratch() { return scratch_; }
  [[nodiscard]] http2::FrameMemory& frame_memory() { return frame_memory_; }
  [[nodiscard]] hpack::TableMemory& table_memory() { return table_memory_; }
  // For the section that is decoded at the moment.
  [[nodiscard]] hpack::FieldList& field_list() { return field_list_; }

  // `ordinal` counts the exchanges of a flow. Ids differ as long as flows are fewer than 2^36 and the exchanges of
  // each fewer than 2^28.
  ExchangeRecord& open(std::uint64_t flow_id, std::uint64_t ordinal, std::uint64_t start_ns);
  // Sends the exchange; `record` is void after it.
  void finish(ExchangeRecord& record, End end);
  void discard(ExchangeRecord& record);

  void store_head(ExchangeRecord& record, StoredMessage& message, const http1::Head& head);
  void store_head(ExchangeRecord& record, StoredMessage& message, const Http2Head& head);
  void store_trailers(ExchangeRecord& record, StoredMessage& message, std::string_view bytes,
                      std::span<const http1::Field> fields);
  void store_trailers(ExchangeRecord& record, StoredMessage& message, const hpack::FieldList& list);
  void store_informational(ExchangeRecord& record, const http1::Head& head);
  void store_informational(ExchangeRecord& record, const Http2Head& head);
  void store_body(ExchangeRecord& record, StoredMessage& message, std::string_view data);

  // Sends what has been open for kAnnounceAfterNs, once.
  void announce(std::uint64_t now_ns);
  void for_each_open(std::uint32_t attachment_id, const std::function<void(const ExchangeView&)>& visitor);
  // As many are open as may be: a further one is opened only where a connection has no other.
  [[nodiscard]] bool full() const { return open_exchanges() >= limits_.max_open; }
  [[nodiscard]] std::size_t open_exchanges() const { return fresh_.size() + announced_.size(); }
  [[nodiscard]] std::size_t stored_bytes() const { return stored_bytes_; }

 private:
  const ExchangeView& view(ExchangeRecord& record, End end);
  bool store_section(ExchangeRecord& record, StoredSection& section, std::string_view bytes,
                     std::span<const http1::Field> fields);
  bool store_section(ExchangeRecord& record, StoredSection& section, const hpack::FieldList& list,
                     std::size_t ambiguous_fields);
  static StoredInformational* add_informational(ExchangeRecord& record, std::uint16_t status);
  bool charge(ExchangeRecord& record, std::size_t bytes);

  ExchangeLimits limits_;
  ExchangeSink& sink_;
  CaptureNeeds& needs_;
  std::uint64_t id_salt_;
  http1::ReaderScratch scratch_;
  http2::FrameMemory frame_memory_;
  hpack::TableMemory table_memory_;
  hpack::FieldList field_list_;
  ExchangeViewBuilder views_;
  std::list<ExchangeRecord> fresh_;  // by time of opening
  std::list<ExchangeRecord> announced_;
  std::list<ExchangeRecord> free_;
  std::size_t stored_bytes_ = 0;
};

}  // namespace podwire::exchange
