#include "exchange/pairing.h"

namespace podwire::exchange {

void Pairing::join_late() {
  state_ = State::kUncertain;
  may_wait_ = kUncounted;
}

RequestPlace Pairing::request(const RequestArrival& arrival) {
  const bool doubted = arrival.response_doubted && state_ == State::kUncertain;
  if ((arrival.others_wait && !doubted) || arrival.responses_unread || unpaired_waits_) pipelines_ = true;
  if (state_ == State::kCertain) return RequestPlace::kQueued;
  if (state_ == State::kAssumed) {
    if (!pipelines_) return RequestPlace::kQueued;
    refute();
    unpaired_waits_ = true;
    return RequestPlace::kRefuted;
  }
  if (!pipelines_ && needs_ == Needs::kNothing && !arrival.response_in_progress &&
      arrival.first_byte_ns >= last_response_byte_ns_) {
    state_ = State::kAssumed;
    by_turn_ = true;
    return RequestPlace::kQueuedAnew;
  }
  if (may_wait_ != kUncounted) ++may_wait_;
  unpaired_waits_ = true;
  return RequestPlace::kUnpaired;
}

void Pairing::final_response(bool asked_for) {
  unpaired_waits_ = false;
  response_unasked_ = !asked_for;
  if (state_ != State::kUncertain) {
    if (!asked_for) refute();
    return;
  }
  if (asked_for || may_wait_ == kUncounted) return;
  if (may_wait_ > 0) --may_wait_;
  if (may_wait_ == 0) {
    state_ = State::kCertain;
    by_turn_ = false;
    needs_ = Needs::kNothing;
  }
}

void Pairing::final_response_whole() {
  answered_since_ = true;
  if (needs_ == Needs::kAnyResponse || response_unasked_) needs_ = Needs::kNothing;
}

void Pairing::requests_lost(bool only_an_end) {
  answered_since_ = false;
  state_ = State::kUncertain;
  may_wait_ = kUncounted;
  const bool any = only_an_end && needs_ != Needs::kUnaskedResponse;
  needs_ = any ? Needs::kAnyResponse : Needs::kUnaskedResponse;
}

void Pairing::responses_lost(std::uint32_t waiting) {
  if (state_ == State::kCertain) may_wait_ = waiting > 0 ? waiting : kUncounted;
  if (state_ == State::kAssumed) may_wait_ = kUncounted;
  state_ = State::kUncertain;
  unpaired_waits_ = false;
}

void Pairing::refute() {
  state_ = State::kUncertain;
  may_wait_ = kUncounted;
}

bool Pairing::overtaken() {
  if (!by_turn_) return false;
  pipelines_ = true;
  refute();
  return true;
}

}  // namespace podwire::exchange
