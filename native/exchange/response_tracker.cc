// ExchangeTracker: responses, and what both directions share.
#include <utility>

#include "exchange/exchange_tracker.h"

namespace podwire::exchange {

http1::AnsweredMethod ExchangeTracker::answered_method() const {
  if (response_ != nullptr || first_ == nullptr) return http1::AnsweredMethod::kUnknown;
  const StoredMessage& request = first_->request;
  return http1::answered_method(request.start.method.in(request.head.bytes));
}

ExchangeRecord& ExchangeTracker::record_of_response(const http1::HeadSeen& seen, bool final_response) {
  if (response_ != nullptr) return *response_;  // only 1xx came of it
  if (first_ != nullptr) return final_response ? pop() : *first_;
  ExchangeRecord& record = open(seen.first_byte_ns);
  if (pairing_.uncertain()) record.missing.merge(uncertain_cause_);
  response_ = &record;
  return record;
}

void ExchangeTracker::response_head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen,
                                    MissingSet missing) {
  const std::uint16_t status = head.start.status;
  const bool final_response = status >= 200 || status == 101;
  informational_ = !final_response;
  const bool asked_for = response_ == nullptr && first_ != nullptr;
  ExchangeRecord& record = record_of_response(seen, final_response);
  record.missing.merge(missing);
  if (framing.doubtful) record.missing.add(Missing::kMalformed);
  if (!seen.whole) record.missing.add(Missing::kUnknownHeaders);
  if (!final_response) {
    store_.store_informational(record, head);
    return;
  }
  const bool was_uncertain = pairing_.uncertain();
  pairing_.final_response(asked_for);
  if (pairing_.uncertain()) become_uncertain({}, was_uncertain);
  response_ = &record;
  store_.store_head(record, record.response, head);
  record.first_response_byte_ns = seen.first_byte_ns;
  record.upgraded = upgraded_ = framing.body == http1::BodyKind::kTunnel;
}

void ExchangeTracker::response_end(const http1::MessageEnd& end, std::uint64_t seen_ns) {
  if (informational_) {
    informational_ = false;
    return;
  }
  if (response_ == nullptr) return;
  ExchangeRecord& record = *response_;
  record.response.body_bytes = end.body_bytes;
  record.response.wire_bytes = end.wire_bytes;
  if (end.how == http1::MessageEndKind::kCut) return;  // how the stream ended says how the exchange did
  if (end.last_byte_seen) record.last_response_byte_ns = seen_ns;
  record.response.ended = true;
  response_ = nullptr;
  pairing_.final_response_whole();
  const StoredMessage& request = record.request;
  if (request.seen && !record.upgraded && request.start.method.in(request.head.bytes) == "CONNECT") {
    tunnel_refused_ = true;
  }
  end_if_over(record);
}

bool ExchangeTracker::take_tunnel_refused() { return std::exchange(tunnel_refused_, false); }

StoredMessage* ExchangeTracker::message_in_progress(http1::MessageKind kind) {
  if (kind == http1::MessageKind::kRequest) return request_ != nullptr ? &request_->request : nullptr;
  return response_ != nullptr && response_->response.in_progress() ? &response_->response : nullptr;
}

void ExchangeTracker::body(http1::MessageKind kind, std::string_view data) {
  StoredMessage* message = message_in_progress(kind);
  if (message == nullptr || message->body_wanted == 0) return;
  store_.store_body(kind == http1::MessageKind::kRequest ? *request_ : *response_, *message, data);
}

void ExchangeTracker::trailers(http1::MessageKind kind, std::string_view bytes, std::span<const http1::Field> fields) {
  StoredMessage* message = message_in_progress(kind);
  if (message == nullptr) return;
  store_.store_trailers(kind == http1::MessageKind::kRequest ? *request_ : *response_, *message, bytes, fields);
}

bool ExchangeTracker::wants_body(http1::MessageKind kind) const {
  const ExchangeRecord* record = kind == http1::MessageKind::kRequest ? request_ : response_;
  if (record == nullptr) return false;
  const StoredMessage& message = kind == http1::MessageKind::kRequest ? record->request : record->response;
  return message.body.size() < message.body_wanted;
}

// What is kept of a body is its beginning: after a gap no more is.
void ExchangeTracker::bytes_lost(http1::MessageKind kind, MissingSet cause) {
  StoredMessage* message = message_in_progress(kind);
  if (message == nullptr) return;
  message->body_wanted = static_cast<std::uint32_t>(message->body.size());
  (kind == http1::MessageKind::kRequest ? request_ : response_)->missing.merge(cause);
}

}  // namespace podwire::exchange
