// ExchangeTracker: responses, and what both directions share.
#include <utility>

#include "exchange/exchange_tracker.h"
#include "exchange/message_bodies.h"
#include "http1/character_class.h"
#include "websocket/handshake.h"

namespace podwire::exchange {
namespace {

// How much of it is still to come is known.
bool has_known_rest(const StoredMessage& request) {
  if (!request.in_progress()) return true;
  return request.head.find("content-length") != nullptr && request.head.find("transfer-encoding") == nullptr;
}

// Of a response whose connection is of another protocol from here on.
Upgrade upgrade_by(const http1::Head& head, const http1::HeadSeen& seen, const ExchangeRecord& record) {
  const http1::Field* field = head.find("upgrade");
  if (head.start.status != 101 || field == nullptr || !seen.whole) return Upgrade::kOther;
  const std::string_view protocol = field->value(head.bytes);
  // RFC 7540, section 3.2: HTTP/2 in cleartext, as HTTP/1.1 clients could ask for it. What is left of the request comes
  // before the client's preface.
  if (http1::equals_ignoring_case(protocol, "h2c") && has_known_rest(record.request)) return Upgrade::kHttp2;
  const bool websocket = websocket::is_websocket(protocol) && !record.request.in_progress();
  return websocket ? Upgrade::kWebSocket : Upgrade::kOther;
}

}  // namespace

http1::AnsweredMethod ExchangeTracker::answered_method() const {
  if (response_ != nullptr || first_ == nullptr) return http1::AnsweredMethod::kUnknown;
  const StoredMessage& request = first_->request;
  return http1::answered_method(request.method());
}

// A server cannot answer a request whose head it has not received. Where more is told as acknowledged than was when the
// response was made (sent again, or found by searching), that only hides one; less is never told.
void ExchangeTracker::response_begins(const http1::HeadSeen& seen) {
  const bool overtaken = response_ == nullptr && first_ != nullptr && seen.acknowledged < first_->request_head_end;
  if (!overtaken || !pairing_.overtaken()) return;
  release_queue(uncertain_cause_);
}

ExchangeRecord& ExchangeTracker::record_of_response(const http1::HeadSeen& seen, bool final_response) {
  if (response_ != nullptr) return *response_;  // only 1xx came of it
  if (first_ != nullptr) return final_response ? pop() : *first_;
  ExchangeRecord& record = context_.open(owner_, seen.first_byte_ns);
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
  if (!seen.confirmed) record.missing.merge(uncertain_cause_);
  if (!final_response) {
    store_.store_informational(record, head);
    return;
  }
  const bool was_uncertain = pairing_.uncertain();
  pairing_.final_response(asked_for);
  if (pairing_.uncertain()) become_uncertain({}, was_uncertain);
  response_ = &record;
  upgrade_ = framing.body == http1::BodyKind::kTunnel ? upgrade_by(head, seen, record) : Upgrade::kNone;
  record.upgraded = upgrade_ != Upgrade::kNone;
  if (upgrade_ == Upgrade::kHttp2) {  // the final response comes on its stream
    store_.store_informational(record, head);
    return;
  }
  store_.store_head(record, record.response, head);
  if (framing.body != http1::BodyKind::kNone) count_response_messages(record);
  record.first_response_byte_ns = seen.first_byte_ns;
}

bool ExchangeTracker::response_end(const http1::MessageEnd& end, std::uint64_t seen_ns) {
  if (std::exchange(informational_, false) || response_ == nullptr) return false;
  ExchangeRecord& record = *response_;
  record.response.body_bytes = end.body_bytes;
  record.response.wire_bytes = end.wire_bytes;
  if (end.doubtful) record.missing.add(Missing::kMalformed);
  if (upgrade_ == Upgrade::kHttp2 || upgrade_ == Upgrade::kWebSocket) {
    pass_on_upgraded(record);
    return false;
  }
  store_message_trailers(store_, record);
  if (end.how == http1::MessageEndKind::kCut) return false;  // how the stream ended says how the exchange did
  if (end.last_byte_seen) record.last_response_byte_ns = seen_ns;
  record.response.ended = true;
  response_ = nullptr;
  pairing_.final_response_whole();
  if (record.request.seen && !record.upgraded && record.request.method() == "CONNECT") tunnel_refused_ = true;
  const bool answered_latest = record.request.ended && first_ == nullptr && end.how == http1::MessageEndKind::kComplete;
  end_if_over(record);
  return answered_latest;
}

void ExchangeTracker::pass_on_upgraded(ExchangeRecord& record) {
  owner_.refresh(record);
  if (request_ == &record) request_ = nullptr;
  upgraded_ = std::exchange(response_, nullptr);
}

bool ExchangeTracker::take_tunnel_refused() { return std::exchange(tunnel_refused_, false); }

StoredMessage* ExchangeTracker::message_in_progress(http1::MessageKind kind) {
  if (kind == http1::MessageKind::kRequest) return request_ != nullptr ? &request_->request : nullptr;
  return response_ != nullptr && response_->response.in_progress() ? &response_->response : nullptr;
}

void ExchangeTracker::body(http1::MessageKind kind, std::string_view data) {
  StoredMessage* message = message_in_progress(kind);
  if (message == nullptr) return;
  if (message->messages) message->messages->data(data);
  if (message->body_wanted == 0) return;
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
  return message.messages || message.body.size() < message.body_wanted;
}

// What is kept of a body is its beginning: after a gap no more is.
void ExchangeTracker::bytes_lost(http1::MessageKind kind, std::uint64_t bytes, MissingSet cause) {
  StoredMessage* message = message_in_progress(kind);
  if (message == nullptr) return;
  message->body_wanted = static_cast<std::uint32_t>(message->body.size());
  if (message->messages && bytes > 0) message->messages->unseen(bytes);
  if (message->messages && bytes == 0) message->messages->lose();
  (kind == http1::MessageKind::kRequest ? request_ : response_)->missing.merge(cause);
}

}  // namespace podwire::exchange
