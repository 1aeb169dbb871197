#include "tcp/stream.h"

#include <algorithm>

namespace podwire::tcp {
namespace {

// How far after the end of a payload out of the window the next one may begin to confirm it: segments between them
// may be lost. Chance meets it once in 4096 times.
constexpr std::uint32_t kJumpConfirmBytes = 1U << 20U;

}  // namespace

void Stream::begin(std::uint32_t sequence) {
  next_ = first_position(sequence);
  start_sequence_ = sequence;
  begun_ = true;
}

void Stream::begin_exactly(std::uint32_t sequence) {
  begin(sequence);
  joining_ = false;
}

void Stream::begin_joining(std::uint32_t sequence) {
  begin(sequence);
  joining_ = true;
}

bool Stream::in_window(std::uint32_t sequence) const {
  const Position position = unwrap(next_, sequence);
  return position + kMaxWindowBytes >= next_ && position <= std::max(next_, skip_.source_until()) + kMaxWindowBytes;
}

void Stream::receive(const StreamContext& context, std::uint32_t sequence, std::span<const std::uint8_t> captured,
                     std::uint32_t size, std::uint64_t seen_monotime_ns) {
  if (ended_) {
    ++context.stats.after_end_segments;
    return;
  }
  const Position position = unwrap(next_, sequence);
  Position end = position + size;
  if (waiting_ && waiting_->fin()) end = std::min(end, *waiting_->fin());
  if (end <= next_) {
    ++context.stats.old_segments;
    return;
  }
  if (position >= end) {
    ++context.stats.after_end_segments;
    return;
  }
  jumped_once_ = false;
  if (joining_) join(context, position, seen_monotime_ns);
  if (position > next_) pass_skipped(context, position, seen_monotime_ns);
  if (position > next_) {
    wait(context, position, captured, end, seen_monotime_ns);
  } else {
    const auto old_bytes = std::min<std::uint64_t>(next_ - position, captured.size());
    deliver(context, captured.subspan(static_cast<std::size_t>(old_bytes)), end, seen_monotime_ns);
    deliver_waiting(context);
  }
}

void Stream::join(const StreamContext& context, Position position, std::uint64_t seen_monotime_ns) {
  joining_ = false;
  next_ = std::max(next_, position);
  outlet_.gap(context, 0, GapCause::kJoinedLate, seen_monotime_ns);
}

void Stream::wait(const StreamContext& context, Position position, std::span<const std::uint8_t> captured, Position end,
                  std::uint64_t seen_monotime_ns) {
  if (!waiting_) waiting_ = std::make_unique<SegmentBuffer>(context.account);
  // Each round without room gives up one hole, so it ends: at the latest when nothing lies before `position`.
  while (!waiting_->insert(position, captured, static_cast<std::uint32_t>(end - position), seen_monotime_ns)) {
    const Position hole_end = waiting_->empty() ? position : std::min(position, waiting_->front().position);
    give_up_hole(context, hole_end, GapCause::kReorderBufferFull, seen_monotime_ns);
    if (ended_ || end <= next_) return;
    if (position <= next_) {
      const auto told_bytes = std::min<std::uint64_t>(next_ - position, captured.size());
      deliver(context, captured.subspan(static_cast<std::size_t>(told_bytes)), end, seen_monotime_ns);
      deliver_waiting(context);
      return;
    }
    if (!waiting_) waiting_ = std::make_unique<SegmentBuffer>(context.account);
  }
}

// From next_ to `end`; what `captured` lacks of it was not captured.
void Stream::deliver(const StreamContext& context, std::span<const std::uint8_t> captured, Position end,
                     std::uint64_t seen_monotime_ns) {
  while (next_ < end) {
    const Position before = next_;
    if (skip_.contains(next_)) {
      pass_skipped(context, end, seen_monotime_ns);
    } else if (captured.empty()) {
      pass_unseen(context, end, GapCause::kNotCaptured, seen_monotime_ns);
    } else {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(end - next_, captured.size()));
      next_ += size;
      outlet_.data(context, captured.first(size), seen_monotime_ns);
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
    pass_skipped(context, front.position, front.seen_monotime_ns);
    if (front.position > next_) return;
    if (front.fin) {
      finish(context, StreamEnd::kFin, front.seen_monotime_ns);
      return;
    }
    const std::optional<Position> fin = waiting_->fin();
    const BufferedPiece piece = waiting_->take_front();
    const Position end = fin ? std::min(piece.end(), *fin) : piece.end();
    const auto told_bytes = std::min<std::uint64_t>(next_ - piece.position, piece.captured().size());
    deliver(context, piece.captured().subspan(static_cast<std::size_t>(told_bytes)), end, piece.seen_monotime_ns);
  }
}

void Stream::give_up_hole(const StreamContext& context, Position until, GapCause cause,
                          std::uint64_t seen_monotime_ns) {
  pass_unseen(context, until, cause, seen_monotime_ns);
  deliver_waiting(context);
}

void Stream::pass_skipped(const StreamContext& context, Position until, std::uint64_t seen_monotime_ns) {
  const Position target = std::min(until, skip_.until());
  if (target <= next_) return;
  const std::uint64_t bytes = target - next_;
  next_ = target;
  outlet_.skipped(context, bytes, seen_monotime_ns);
}

void Stream::pass_unseen(const StreamContext& context, Position until, GapCause cause, std::uint64_t seen_monotime_ns) {
  pass_skipped(context, until, seen_monotime_ns);
  if (until <= next_) return;
  const std::uint64_t bytes = until - next_;
  next_ = until;
  outlet_.gap(context, bytes, cause, seen_monotime_ns);
}

void Stream::fin(const StreamContext& context, std::uint32_t sequence, std::uint64_t seen_monotime_ns) {
  if (ended_) return;
  const Position position = unwrap(next_, sequence);
  if (joining_ && position >= next_) join(context, position, seen_monotime_ns);
  if (joining_ || position < next_) {
    ++context.stats.misplaced_fins;
    return;
  }
  pass_skipped(context, position, seen_monotime_ns);
  if (!waiting_) waiting_ = std::make_unique<SegmentBuffer>(context.account);
  if (!waiting_->set_fin(position, seen_monotime_ns)) ++context.stats.misplaced_fins;
  deliver_waiting(context);
}

void Stream::acknowledged(const StreamContext& context, std::uint32_t sequence, std::uint64_t seen_monotime_ns) {
  if (ended_ || !begun_) return;
  const Position position = unwrap(next_, sequence);
  if (position <= next_) return;
  if (!in_window(sequence)) {
    ++context.stats.implausible_acknowledgments;
    return;
  }
  // The receiver's acknowledgments begin where nothing more was on its way unread: what they pass now was never seen.
  if (joining_) join(context, next_, seen_monotime_ns);
  while (next_ < position && !ended_) {  // a FIN that waits is acknowledged too, and ends the stream before its number
    const Position hole_end = waiting_ ? std::min(position, waiting_->front().position) : position;
    give_up_hole(context, hole_end, GapCause::kAcknowledgedUnseen, seen_monotime_ns);
  }
}

bool Stream::follow_jump(const StreamContext& context, std::uint32_t sequence, std::uint32_t size,
                         std::uint64_t seen_monotime_ns) {
  const bool confirmed = jumped_once_ && sequence - jump_end_ < kJumpConfirmBytes;
  jump_end_ = sequence + size;
  jumped_once_ = !confirmed;
  if (!confirmed || ended_) return false;
  flush(context);
  if (ended_) return false;
  skip_.clear();
  joining_ = false;
  next_ = unwrap_forward(next_, sequence);
  outlet_.gap(context, 0, GapCause::kSequenceJump, seen_monotime_ns);
  return true;
}

void Stream::reset(const StreamContext& context, std::optional<std::uint32_t> sequence,
                   std::uint64_t seen_monotime_ns) {
  if (ended_) return;
  flush(context);
  if (ended_) return;
  if (begun_ && sequence && in_window(*sequence)) {
    pass_skipped(context, unwrap(next_, *sequence), seen_monotime_ns);
  }
  finish(context, StreamEnd::kReset, seen_monotime_ns);
}

void Stream::flush(const StreamContext& context) {
  while (waiting_ && !waiting_->empty()) {
    const SegmentBuffer::Front front = waiting_->front();
    give_up_hole(context, front.position, GapCause::kReorderTimeout, front.seen_monotime_ns);
  }
}

void Stream::expire(const StreamContext& context, std::uint64_t since_ns) {
  while (waiting_ && !waiting_->empty() && waiting_->front().seen_monotime_ns <= since_ns) {
    const SegmentBuffer::Front front = waiting_->front();
    give_up_hole(context, front.position, GapCause::kReorderTimeout, front.seen_monotime_ns);
  }
}

void Stream::abandon() {
  waiting_.reset();
  ended_ = true;
}

void Stream::drop_waiting() { waiting_.reset(); }

std::optional<std::uint64_t> Stream::waiting_since_ns() const {
  if (!waiting_ || waiting_->empty()) return std::nullopt;
  return waiting_->front().seen_monotime_ns;
}

void Stream::skip(std::uint64_t bytes) {
  if (begun_ && !joining_ && !ended_) skip_.extend(next_, bytes);
}

std::optional<SequenceRange> Stream::take_source_skip(const FlowLimits& limits) {
  return ended_ ? std::nullopt : skip_.take_source_skip(next_, limits);
}

void Stream::finish(const StreamContext& context, StreamEnd how, std::uint64_t seen_monotime_ns) {
  waiting_.reset();
  ended_ = true;
  outlet_.end(context, how, seen_monotime_ns);
}

}  // namespace podwire::tcp
