// Stream: bytes that come before their turn, holes, and what is told of them.
#include <algorithm>

#include "tcp/stream.h"

namespace podwire::tcp {

// A segment that holds the next byte. Of bytes that already wait the first copy wins, also over one that was captured
// only in part.
void Stream::receive_in_turn(const StreamContext& context, Position position, std::span<const std::uint8_t> captured,
                             Position end, const SegmentSeen& seen) {
  while (next_ < end && !ended_) {
    const auto told_bytes = std::min<std::uint64_t>(next_ - position, captured.size());
    captured = captured.subspan(static_cast<std::size_t>(told_bytes));
    position = next_;
    const bool waits = waiting_ && !waiting_->empty();
    const Position stop = waits ? std::clamp(waiting_->front().position, next_, end) : end;
    deliver(context, captured, stop, seen);
    deliver_waiting(context);
  }
}

void Stream::wait(const StreamContext& context, Position position, std::span<const std::uint8_t> captured, Position end,
                  const SegmentSeen& seen) {
  // Each round without room gives up one hole, so it ends: at the latest when nothing lies before `position`.
  while (true) {
    if (!waiting_) waiting_ = std::make_unique<SegmentBuffer>(context.account());
    const auto size = static_cast<std::uint32_t>(end - position);
    const Position kept_until = waiting_->insert(position, captured, size, seen);
    if (kept_until == end) return;
    const auto kept_bytes = std::min<std::uint64_t>(kept_until - position, captured.size());
    captured = captured.subspan(static_cast<std::size_t>(kept_bytes));
    position = kept_until;
    const Position hole_end = waiting_->empty() ? position : std::min(position, waiting_->front().position);
    give_up_hole(context, hole_end, GapCause::kReorderBufferFull, seen.monotime_ns);
    if (ended_ || end <= next_) return;
    if (position <= next_) return receive_in_turn(context, position, captured, end, seen);
  }
}

// Not even a FIN may wait: what comes before it is told as it is.
void Stream::end_without_room(const StreamContext& context, Position position, std::uint64_t seen_monotime_ns) {
  while (next_ < position) {
    const bool waits = waiting_ && !waiting_->empty();
    const Position hole_end = waits ? std::min(position, waiting_->front().position) : position;
    give_up_hole(context, hole_end, GapCause::kReorderBufferFull, seen_monotime_ns);
  }
  finish(context, StreamEnd::kFin, seen_monotime_ns);
}

// From next_ to `end`; what `captured` lacks of it was not captured.
void Stream::deliver(const StreamContext& context, std::span<const std::uint8_t> captured, Position end,
                     const SegmentSeen& seen) {
  if (seen.left_out_until) left_out_until_ = std::max(left_out_until_, unwrap(next_, *seen.left_out_until));
  while (next_ < end) {
    const Position before = next_;
    if (skip_.contains(next_)) {
      pass_skipped(context, end, seen.monotime_ns);
    } else if (captured.empty()) {
      pass_unseen(context, end, GapCause::kNotCaptured, seen.monotime_ns);
    } else {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(end - next_, captured.size()));
      tell(context, captured.first(size), seen);
    }
    captured = captured.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(next_ - before, captured.size())));
  }
}

// Whatever of the buffer has come to its turn. The sink may ask for a skip meanwhile.
void Stream::deliver_waiting(const StreamContext& context) {
  while (waiting_) {
    if (waiting_->empty()) {
      waiting_.reset();
      return;
    }
    const SegmentBuffer::Front front = waiting_->front();
    pass_spared(context, front.position, front.seen_monotime_ns);
    if (front.position > next_) return;
    if (front.fin) {
      finish(context, StreamEnd::kFin, front.seen_monotime_ns);
      return;
    }
    const std::optional<Position> fin = waiting_->fin();
    const BufferedPiece piece = waiting_->take_front();
    const Position end = fin ? std::min(piece.end(), *fin) : piece.end();
    const auto told_bytes = std::min<std::uint64_t>(next_ - piece.position, piece.captured().size());
    deliver(context, piece.captured().subspan(static_cast<std::size_t>(told_bytes)), end, piece.seen);
  }
}

// What waits was sent behind the hole, so the hole had passed when that came, at the latest.
void Stream::give_up_hole(const StreamContext& context, Position until, GapCause cause,
                          std::uint64_t proven_monotime_ns) {
  const bool waits = waiting_ && !waiting_->empty();
  const std::uint64_t passed_ns =
      waits ? std::min(proven_monotime_ns, waiting_->front().seen_monotime_ns) : proven_monotime_ns;
  pass_unseen(context, until, cause, passed_ns);
  deliver_waiting(context);
}

void Stream::pass_skipped(const StreamContext& context, Position until, std::uint64_t seen_monotime_ns) {
  const Position target = std::min(until, skip_.until());
  if (target <= next_) return;
  const std::uint64_t bytes = target - next_;
  next_ = target;
  fin_in_gap_ = false;
  outlet_.skipped(context, bytes, seen_monotime_ns);
}

void Stream::pass_spared(const StreamContext& context, Position until, std::uint64_t seen_monotime_ns) {
  pass_skipped(context, until, seen_monotime_ns);
  const Position target = std::min(until, left_out_until_);
  if (target <= next_) return;
  const std::uint64_t bytes = target - next_;
  next_ = target;
  fin_in_gap_ = false;
  outlet_.gap(context, bytes, GapCause::kBodyLeftOut, seen_monotime_ns);
}

void Stream::pass_unseen(const StreamContext& context, Position until, GapCause cause, std::uint64_t seen_monotime_ns) {
  pass_spared(context, until, seen_monotime_ns);
  if (until <= next_) return;
  const std::uint64_t bytes = until - next_;
  next_ = until;
  fin_in_gap_ = cause == GapCause::kAcknowledgedUnseen;
  outlet_.gap(context, bytes, cause, seen_monotime_ns);
}

void Stream::flush(const StreamContext& context) {
  while (waiting_ && !waiting_->empty()) {
    const SegmentBuffer::Front front = waiting_->front();
    give_up_hole(context, front.position, GapCause::kAcknowledgedUnseen, front.seen_monotime_ns);
  }
}

void Stream::expire(const StreamContext& context, std::uint64_t since_ns) {
  while (waiting_ && !waiting_->empty() && waiting_->front().seen_monotime_ns <= since_ns) {
    const SegmentBuffer::Front front = waiting_->front();
    give_up_hole(context, front.position, GapCause::kReorderTimeout, front.seen_monotime_ns);
  }
}

}  // namespace podwire::tcp
