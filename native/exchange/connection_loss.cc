// HttpConnection: bytes that were skipped or lost, and the end.
#include <optional>

#include "exchange/connection_events.h"

namespace podwire::exchange {
namespace {

Missing missing_for(tcp::GapCause cause) {
  switch (cause) {
    case tcp::GapCause::kJoinedLate:
      return Missing::kJoinedLate;
    case tcp::GapCause::kReorderTimeout:
    case tcp::GapCause::kReorderBufferFull:
      return Missing::kReorderedTooLong;
    case tcp::GapCause::kNotCaptured:
      return Missing::kTruncated;
    case tcp::GapCause::kAcknowledgedUnseen:
    case tcp::GapCause::kSequenceJump:
      break;
  }
  return Missing::kLostPackets;
}

std::optional<LossCause> loss_for(tcp::GapCause cause) {
  switch (cause) {
    case tcp::GapCause::kReorderTimeout:
      return LossCause::kReorderTimeout;
    case tcp::GapCause::kReorderBufferFull:
      return LossCause::kReorderBufferFull;
    case tcp::GapCause::kNotCaptured:
      return LossCause::kSegmentNotCaptured;
    case tcp::GapCause::kJoinedLate:
    case tcp::GapCause::kAcknowledgedUnseen:
    case tcp::GapCause::kSequenceJump:
      break;
  }
  return std::nullopt;
}

MissingSet only(Missing cause) {
  MissingSet set;
  set.add(cause);
  return set;
}

}  // namespace

void HttpConnection::gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) {
  if (phase_ == Phase::kIgnored) return;
  if (const auto loss = loss_for(cause)) tell_loss(*loss);
  const bool begins_here = cause == tcp::GapCause::kJoinedLate && !bytes_seen_[static_cast<std::size_t>(side)];
  if (begins_here && (info_.joined_late || phase_ == Phase::kReading)) return join_side(side);

  const MissingSet missing = only(missing_for(cause));
  Events events(*this, side, seen_monotime_ns, missing);
  if (phase_ == Phase::kFirstBytes) search_both(missing);
  if (phase_ == Phase::kSearching) {
    // Whose bytes they were is not known: they may have been requests.
    tracker_.position_lost(http1::MessageKind::kRequest, missing);
    static_cast<void>(reader(side).gap(bytes, events, store_.scratch()));
    return;
  }
  const http1::MessageKind kind = is_client(side) ? http1::MessageKind::kRequest : http1::MessageKind::kResponse;
  tracker_.bytes_lost(kind, missing);
  const http1::GapOutcome outcome = reader(side).gap(bytes, events, store_.scratch());
  if (!is_client(side)) tracker_.response_bytes(seen_monotime_ns);
  if (outcome != http1::GapOutcome::kInsideBody) {
    tracker_.position_lost(kind, missing, outcome == http1::GapOutcome::kEndLost);
  }
  settle(side);
}

// Of a connection that was joined late, it is known; of another, this side's SYN was not seen: most likely nothing
// was lost, and the next byte is the side's first.
void HttpConnection::join_side(tcp::Side side) {
  if (info_.joined_late || phase_ != Phase::kReading) return;
  reader(side).search(store_.scratch());
  reader(side).expect_head(store_.scratch());
}

void HttpConnection::skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
  if (phase_ != Phase::kReading) return;
  Events events(*this, side, seen_monotime_ns);
  const bool searching = reader(side).searching();
  const std::uint64_t skippable = reader(side).skippable_bytes();
  reader(side).skip(bytes, events, store_.scratch());
  if (!is_client(side)) tracker_.response_bytes(seen_monotime_ns);
  if (bytes > skippable && !searching && reader(side).searching()) {
    const http1::MessageKind kind = is_client(side) ? http1::MessageKind::kRequest : http1::MessageKind::kResponse;
    tracker_.position_lost(kind, only(Missing::kLostPackets));
  }
  settle(side);
}

void HttpConnection::end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) {
  if (phase_ != Phase::kReading) return;
  Events events(*this, side, seen_monotime_ns);
  reader(side).finish(how == tcp::StreamEnd::kFin, events, store_.scratch());
  if (how == tcp::StreamEnd::kReset) return tracker_.close(End::kReset, {});
  if (is_client(side)) {
    tracker_.requests_ended();
  } else {
    tracker_.responses_ended(End::kClosed);
  }
}

void HttpConnection::close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) {
  if (phase_ == Phase::kIgnored) return;
  if (cause == tcp::CloseCause::kEvicted) tell_loss(LossCause::kFlowEvicted);
  if (phase_ == Phase::kFirstBytes && undetected_) tell_loss(LossCause::kNotHttp);
  End end = End::kClosed;
  MissingSet missing;
  if (cause == tcp::CloseCause::kReused) missing.add(Missing::kLostPackets);
  if (cause == tcp::CloseCause::kEvicted || cause == tcp::CloseCause::kIdle) missing.add(Missing::kTruncated);
  if (cause != tcp::CloseCause::kEnded && cause != tcp::CloseCause::kReused) end = End::kDetached;
  if (phase_ == Phase::kReading) {
    for (const tcp::Side side : {tcp::Side::kInitiator, tcp::Side::kResponder}) {
      Events events(*this, side, now_monotime_ns, missing);
      reader(side).finish(false, events, store_.scratch());
    }
    tracker_.close(end, missing);
  }
  for (http1::MessageReader& one : readers_) one.release(store_.scratch());
  phase_ = Phase::kIgnored;
}

}  // namespace podwire::exchange
