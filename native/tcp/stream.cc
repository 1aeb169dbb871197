// What a segment means to the stream. How its bytes come into order is in stream_order.cc.
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

void Stream::receive(const StreamContext& context, std::uint32_t sequence, std::span<const std::uint8_t> captured,
                     std::uint32_t size, const SegmentSeen& seen) {
  if (ended_) {
    ++context.stats.after_end_segments;
    return;
  }
  const Position position = unwrap(next_, sequence);
  if (position == next_ && captured.size() == size && !seen.left_out_until && in_order_and_wanted()) {  // nearly always
    jumped_once_ = false;
    return tell(context, captured, seen);
  }
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
  if (joining_) join(context, position, seen.monotime_ns);
  if (position > next_) pass_spared(context, position, seen.monotime_ns);
  if (position > next_) {
    wait(context, position, captured, end, seen);
  } else {
    receive_in_turn(context, position, captured, end, seen);
  }
}

void Stream::join(const StreamContext& context, Position position, std::uint64_t seen_monotime_ns) {
  joining_ = false;
  const std::uint64_t bytes = position > next_ ? position - next_ : 0;
  next_ += bytes;
  outlet_.gap(context, bytes, GapCause::kJoinedLate, seen_monotime_ns);
}

void Stream::fin(const StreamContext& context, std::uint32_t sequence, std::uint64_t seen_monotime_ns) {
  if (ended_) return;
  const Position position = unwrap(next_, sequence);
  if (fin_in_gap_ && !waiting_ && position + 1 == next_) return finish(context, StreamEnd::kFin, seen_monotime_ns);
  if (joining_ && position >= next_) join(context, position, seen_monotime_ns);
  if (joining_ || position < next_) {
    ++context.stats.misplaced_fins;
    return;
  }
  pass_spared(context, position, seen_monotime_ns);
  if (position == next_ && !waiting_) return finish(context, StreamEnd::kFin, seen_monotime_ns);
  if (!waiting_) waiting_ = std::make_unique<SegmentBuffer>(context.account());
  switch (waiting_->set_fin(position, seen_monotime_ns)) {
    case SegmentBuffer::FinOutcome::kElsewhere:
      ++context.stats.misplaced_fins;
      break;
    case SegmentBuffer::FinOutcome::kNoRoom:
      return end_without_room(context, position, seen_monotime_ns);
    case SegmentBuffer::FinOutcome::kKept:
      break;
  }
  deliver_waiting(context);
}

void Stream::acknowledged_unseen(const StreamContext& context, std::uint32_t sequence, std::uint64_t seen_monotime_ns) {
  const Position position = unwrap(next_, sequence);
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
  left_out_until_ = 0;
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
    pass_unseen(context, unwrap(next_, *sequence), GapCause::kAcknowledgedUnseen, seen_monotime_ns);
  }
  finish(context, StreamEnd::kReset, seen_monotime_ns);
}

void Stream::abandon() {
  waiting_.reset();
  ended_ = true;
}

void Stream::drop_waiting() { waiting_.reset(); }

void Stream::skip(std::uint64_t bytes) {
  if (begun_ && !joining_ && !ended_) skip_.extend(next_, bytes);
}

SequenceRange Stream::refuse_left_out() {
  left_out_until_ = next_;
  return {.from = next_, .until = next_};
}

std::optional<SequenceRange> Stream::take_source_skip(const FlowLimits& limits) {
  return ended_ || body_announced_ ? std::nullopt : skip_.take_source_skip(next_, left_out_until_, limits);
}

void Stream::finish(const StreamContext& context, StreamEnd how, std::uint64_t seen_monotime_ns) {
  waiting_.reset();
  ended_ = true;
  outlet_.end(context, how, seen_monotime_ns);
}

}  // namespace podwire::tcp
