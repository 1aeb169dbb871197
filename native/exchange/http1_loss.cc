// Http1Connection: bytes that were skipped or lost, and the end.
#include "exchange/gap_cause.h"
#include "exchange/http1_events.h"

namespace podwire::exchange {

void Http1Connection::gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) {
  if (over_) return;
  const bool begins_here = cause == tcp::GapCause::kJoinedLate && !bytes_seen_[static_cast<std::size_t>(side)];
  if (begins_here) return join_side(side, bytes);

  reader(tcp::opposite(side)).withdraw_body();
  const MissingSet missing = missing_for(cause);
  Events events(*this, side, seen_monotime_ns, missing);
  if (searching_) {
    // Whose bytes they were is not known: they may have been requests.
    tracker_.position_lost(http1::MessageKind::kRequest, missing);
    static_cast<void>(reader(side).gap(bytes, events, context_.store().scratch()));
    return count_told(side, bytes);
  }
  const http1::MessageKind kind = kind_of(side);
  const bool inside = bytes > 0 && bytes <= reader(side).skippable_bytes();
  tracker_.bytes_lost(kind, inside ? bytes : 0, missing);
  const http1::GapSize size =
      cause == tcp::GapCause::kAcknowledgedUnseen ? http1::GapSize::kMayCountFin : http1::GapSize::kExact;
  const http1::GapOutcome outcome = reader(side).gap(bytes, events, context_.store().scratch(), size);
  count_told(side, bytes);
  if (!context_.is_client(side)) tracker_.response_bytes(seen_monotime_ns);
  if (outcome != http1::GapOutcome::kInsideBody) {
    tracker_.position_lost(kind, missing, outcome == http1::GapOutcome::kEndLost);
  }
  settle(side);
}

// Of a connection that was joined late, it is known; of another, this side's SYN was not seen: the next byte is the
// side's first unless bytes of the other side were lost as well, which is told. What the other side had not
// acknowledged when it was first seen may have been whole messages.
void Http1Connection::join_side(tcp::Side side, std::uint64_t bytes) {
  count_told(side, bytes);
  if (searching_) return;
  const bool late = context_.info().joined_late;
  const http1::MessageKind kind = kind_of(side);
  if (bytes > 0) tracker_.position_lost(kind, only(late ? Missing::kJoinedLate : Missing::kLostPackets));
  if (late) return;
  reader(side).search(context_.store().scratch());
  reader(side).expect_head(context_.store().scratch());
}

bool Http1Connection::body_left_out(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
  if (over_) return true;
  if (searching_ || bytes > reader(side).skippable_bytes()) return false;
  const http1::MessageKind kind = kind_of(side);
  if (tracker_.wants_body(kind)) return false;
  skipped(side, bytes, seen_monotime_ns);
  return true;
}

void Http1Connection::skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
  if (over_) return;
  if (searching_) return count_told(side, bytes);
  Events events(*this, side, seen_monotime_ns);
  const bool searching = reader(side).searching();
  const std::uint64_t skippable = reader(side).skippable_bytes();
  reader(side).skip(bytes, events, context_.store().scratch());
  count_told(side, bytes);
  if (!context_.is_client(side)) tracker_.response_bytes(seen_monotime_ns);
  if (bytes > skippable && !searching && reader(side).searching()) {
    const http1::MessageKind kind = kind_of(side);
    tracker_.position_lost(kind, only(Missing::kLostPackets));
  }
  settle(side);
}

void Http1Connection::end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) {
  if (over_ || searching_) return;
  Events events(*this, side, seen_monotime_ns);
  reader(side).finish(how == tcp::StreamEnd::kFin, events, context_.store().scratch());
  if (how == tcp::StreamEnd::kReset) return tracker_.close(End::kReset, {});
  if (context_.is_client(side)) {
    tracker_.requests_ended();
  } else {
    tracker_.responses_ended(End::kClosed);
  }
}

void Http1Connection::close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) {
  if (over_) return;
  over_ = true;
  const Ending ending = ending_for(cause);
  if (!searching_) {
    for (const tcp::Side side : {tcp::Side::kInitiator, tcp::Side::kResponder}) {
      Events events(*this, side, now_monotime_ns, ending.missing);
      reader(side).finish(false, events, context_.store().scratch());
    }
    tracker_.close(ending.how, ending.missing);
    // Of what only began like HTTP, nothing could be told.
    if (!head_seen_ && (bytes_seen_[0] || bytes_seen_[1])) context_.tell_loss(LossCause::kNotHttp);
  }
  for (http1::MessageReader& one : readers_) one.release(context_.store().scratch());
}

}  // namespace podwire::exchange
