// ExchangeRecord -> ExchangeView.
#pragma once

#include <span>
#include <vector>

#include "exchange/exchange.h"
#include "exchange/exchange_record.h"

namespace podwire::exchange {

// One per thread. A view is valid until the next one is built or the record changes.
class ExchangeViewBuilder {
 public:
  const ExchangeView& build(const ExchangeRecord& record, End end);

 private:
  void collect_fields(const ExchangeRecord& record);
  std::span<const HeaderField> next_fields(const StoredSection& section);
  void read_target(const StoredMessage& message);
  void build_request(const StoredMessage& message);
  void build_response(const StoredMessage& message);

  std::vector<HeaderField> fields_;  // as many as were ever needed
  std::size_t used_fields_ = 0;
  std::vector<InformationalView> informational_;
  RequestView request_;
  MessagesView request_messages_;
  MessagesView response_messages_;
  ResponseView response_;
  ExchangeView view_;
};

}  // namespace podwire::exchange
