// Requests, and the queue of those that wait. Responses are in response_tracker.cc.
#include "exchange/exchange_tracker.h"

#include <utility>

#include "exchange/gap_cause.h"
#include "exchange/message_bodies.h"

namespace podwire::exchange {

ExchangeTracker::ExchangeTracker(ConnectionContext& context, ExchangeOwner& owner)
    : context_(context), store_(context.store()), owner_(owner) {}

ExchangeTracker::ExchangeTracker(ConnectionContext& context, ExchangeOwner& owner, const TrackerPause& pause)
    : context_(context),
      store_(context.store()),
      owner_(owner),
      pairing_(pause.pairing),
      uncertain_cause_(pause.uncertain_cause) {}

std::optional<TrackerPause> ExchangeTracker::pause() const {
  const bool open = first_ != nullptr || request_ != nullptr || response_ != nullptr || upgraded_ != nullptr;
  if (open || informational_ || upgraded() || tunnel_refused_) return std::nullopt;
  return TrackerPause{pairing_, uncertain_cause_};
}

void ExchangeTracker::join_late(MissingSet cause) {
  pairing_.join_late();
  uncertain_cause_ = cause;
}

bool ExchangeTracker::request_head(const http1::Head& head, const http1::Framing& framing, const http1::HeadSeen& seen,
                                   const RequestPassage& passage, MissingSet missing) {
  const bool others_wait = first_ != nullptr || response_ != nullptr;
  RequestPlace place = pairing_.request({.first_byte_ns = seen.first_byte_ns,
                                         .others_wait = others_wait,
                                         .response_in_progress = passage.response_in_progress,
                                         .response_doubted = passage.response_doubted,
                                         .responses_unread = passage.responses_unread});
  const bool full = store_.full();
  ExchangeRecord& record = context_.open(owner_, seen.first_byte_ns);
  record.request_head_end = passage.head_end;
  record.missing.merge(missing);
  if (framing.doubtful) record.missing.add(Missing::kMalformed);
  if (!seen.whole) record.missing.add(Missing::kUnknownHeaders);
  const bool in_turn = place == RequestPlace::kQueuedAnew && pairing_.answered_since();
  request_doubted_ = !seen.confirmed && !in_turn;
  if (request_doubted_) record.missing.merge(uncertain_cause_);
  store_.store_head(record, record.request, head);
  if (framing.body != http1::BodyKind::kNone) count_request_messages(record);
  request_ = &record;

  if (place == RequestPlace::kRefuted) release_queue(uncertain_cause_);
  const bool queued = place == RequestPlace::kQueued || place == RequestPlace::kQueuedAnew;
  if (queued && (queued_ >= store_.limits().max_pipelined || full)) {
    const bool too_deep = queued_ >= store_.limits().max_pipelined;
    position_lost(http1::MessageKind::kRequest, only(too_deep ? Missing::kTooDeepPipeline : Missing::kMemoryFull));
    place = RequestPlace::kUnpaired;
  } else if (queued) {
    push(record);
  }
  if (place == RequestPlace::kUnpaired || place == RequestPlace::kRefuted) {
    record.paired = false;
    record.missing.merge(uncertain_cause_);
  }
  return place == RequestPlace::kQueuedAnew || (place == RequestPlace::kQueued && !others_wait);
}

void ExchangeTracker::request_end(const http1::MessageEnd& end) {
  if (request_ == nullptr || end.how == http1::MessageEndKind::kCut) return;  // see requests_ended
  ExchangeRecord& record = *std::exchange(request_, nullptr);
  record.request.ended = true;
  record.request.body_bytes = end.body_bytes;
  record.request.wire_bytes = end.wire_bytes;
  if (end.doubtful) record.missing.add(Missing::kMalformed);
  if (!record.paired || record.response.ended) end_if_over(record);
}

// The client ends its side; responses may still come, also to a request that was cut.
void ExchangeTracker::requests_ended() {
  if (request_ == nullptr) return;
  owner_.refresh(*request_);
  ExchangeRecord& record = *std::exchange(request_, nullptr);
  record.request.ended = true;
  record.request_cut = true;
  if (!record.paired || record.response.ended) end_if_over(record);
}

void ExchangeTracker::push(ExchangeRecord& record) {
  record.next = nullptr;
  if (last_ != nullptr) {
    last_->next = &record;
  } else {
    first_ = &record;
  }
  last_ = &record;
  ++queued_;
}

ExchangeRecord& ExchangeTracker::pop() {
  ExchangeRecord& record = *first_;
  first_ = record.next;
  if (first_ == nullptr) last_ = nullptr;
  record.next = nullptr;
  --queued_;
  return record;
}

// Those that wait will not be told their response.
void ExchangeTracker::release_queue(MissingSet missing) {
  while (first_ != nullptr) {
    ExchangeRecord& record = pop();
    record.missing.merge(missing);
    leave_unpaired(record);
  }
}

void ExchangeTracker::leave_unpaired(ExchangeRecord& record) {
  record.paired = false;
  if (&record != request_) end_if_over(record);
}

void ExchangeTracker::position_lost(http1::MessageKind kind, MissingSet cause, bool only_an_end) {
  const bool was_uncertain = pairing_.uncertain();
  if (kind == http1::MessageKind::kRequest) {
    pairing_.requests_lost(only_an_end);
  } else {
    pairing_.responses_lost(queued_);
    release_queue(cause);
    leave_informational(cause);
  }
  become_uncertain(cause, was_uncertain);
}

// The final response, if any, is not told as theirs.
void ExchangeTracker::leave_informational(MissingSet missing) {
  if (response_ == nullptr) return;
  response_->missing.merge(missing);
  finish(*response_, End::kComplete);
}

void ExchangeTracker::become_uncertain(MissingSet cause, bool was_uncertain) {
  if (!was_uncertain && !cause.empty()) uncertain_cause_ = {};
  uncertain_cause_.merge(cause);
}

void ExchangeTracker::expectation_failed(http1::MessageKind kind) {
  if (kind == http1::MessageKind::kRequest) {
    pairing_.requests_lost(false);
  } else {
    pairing_.refute();
    leave_informational(uncertain_cause_);
  }
  release_queue(uncertain_cause_);
}

void ExchangeTracker::passed_over(http1::MessageKind kind) {
  if (kind == http1::MessageKind::kRequest) pairing_.pipelined();
  expectation_failed(kind);
}

void ExchangeTracker::start_again() {
  close(End::kDetached, uncertain_cause_);
  pairing_ = Pairing();
  pairing_.join_late();
}

void ExchangeTracker::end_if_over(ExchangeRecord& record) {
  if (record.upgraded) return finish(record, End::kUpgraded);
  if (record.request.in_progress()) return;
  finish(record, record.request_cut ? End::kClosed : End::kComplete);
}

void ExchangeTracker::finish(ExchangeRecord& record, End end) {
  owner_.refresh(record);
  if (request_ == &record) request_ = nullptr;
  if (response_ == &record) response_ = nullptr;
  store_.finish(record, end);
}

void ExchangeTracker::responses_ended(End end) {
  if (response_ != nullptr) finish(*response_, end);
  while (first_ != nullptr) finish(pop(), end);
}

void ExchangeTracker::close(End end, MissingSet missing) {
  for (ExchangeRecord* record = first_; record != nullptr; record = record->next) record->missing.merge(missing);
  if (response_ != nullptr) response_->missing.merge(missing);
  responses_ended(end);
  if (request_ == nullptr) return;
  request_->missing.merge(missing);
  finish(*request_, end);
}

void ExchangeTracker::discard() {
  const auto drop = [this](ExchangeRecord& record) {
    if (request_ == &record) request_ = nullptr;
    if (response_ == &record) response_ = nullptr;
    store_.discard(record);
  };
  while (first_ != nullptr) drop(pop());
  if (response_ != nullptr) drop(*response_);
  if (request_ != nullptr) drop(*request_);
  if (upgraded_ != nullptr) drop(*std::exchange(upgraded_, nullptr));
}

}  // namespace podwire::exchange
