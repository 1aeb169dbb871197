#include "exchange/websocket_connection.h"

#include <utility>

#include "exchange/gap_cause.h"
#include "exchange/message_bodies.h"
#include "exchange/octets.h"

namespace podwire::exchange {

WebSocketConnection::WebSocketConnection(ConnectionContext& context, ExchangeRecord& record)
    : context_(context), record_(&record) {
  record.owner = this;
  record.request.ended = record.response.ended = false;
  count_websocket_messages(record);
}

WebSocketConnection::~WebSocketConnection() {
  if (record_ != nullptr) context_.store().discard(*record_);
}

void WebSocketConnection::refresh(ExchangeRecord&) {}

StoredMessage& WebSocketConnection::message(tcp::Side side) {
  return context_.is_client(side) ? record_->request : record_->response;
}

void WebSocketConnection::data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
                               std::optional<std::uint32_t> /*unacknowledged*/) {
  if (record_ == nullptr) return;
  pass(side, bytes.size(), seen_monotime_ns);
  MessageCounter& messages = *message(side).messages;
  messages.data(text_of(bytes));
  if (messages.malformed()) {
    record_->missing.add(Missing::kMalformed);
    finish(End::kDetached);
    return context_.tell_loss(LossCause::kMalformed);
  }
  if (both_closed()) return finish(End::kComplete);
  const std::uint64_t skippable = messages.skippable_bytes();
  if (skippable >= kSkipThresholdBytes) context_.control().skip(side, skippable);
}

void WebSocketConnection::pass(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_ns) {
  StoredMessage& one = message(side);
  if (one.wire_bytes) *one.wire_bytes += bytes;
  ends_in_gap_[static_cast<std::size_t>(side)] = false;
  if (!context_.is_client(side)) record_->last_response_byte_ns = seen_ns;
}

void WebSocketConnection::gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause,
                              std::uint64_t seen_monotime_ns) {
  if (record_ == nullptr) return;
  record_->missing.merge(missing_for(cause));
  pass(side, bytes, seen_monotime_ns);
  ends_in_gap_[static_cast<std::size_t>(side)] = true;
  if (bytes > 0) return message(side).messages->unseen(bytes);
  message(side).messages->lose();
  message(side).wire_bytes.reset();
}

void WebSocketConnection::skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
  if (record_ == nullptr) return;
  pass(side, bytes, seen_monotime_ns);
  message(side).messages->unseen(bytes);
}

void WebSocketConnection::end(tcp::Side, tcp::StreamEnd how, std::uint64_t) {
  if (how == tcp::StreamEnd::kReset) finish(End::kReset);
}

void WebSocketConnection::close(tcp::CloseCause cause, std::uint64_t) {
  if (record_ == nullptr) return;
  const Ending ending = ending_for(cause);
  record_->missing.merge(ending.missing);
  finish(ending.how);
}

bool WebSocketConnection::both_closed() const {
  return record_->request.messages->closed() && record_->response.messages->closed();
}

void WebSocketConnection::finish(End how) {
  if (record_ == nullptr) return;
  for (const tcp::Side side : {tcp::Side::kInitiator, tcp::Side::kResponder}) {
    if (ends_in_gap_[static_cast<std::size_t>(side)]) message(side).wire_bytes.reset();
  }
  over_ = true;
  context_.store().finish(*std::exchange(record_, nullptr), how);
}

}  // namespace podwire::exchange
