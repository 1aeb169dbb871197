// One direction of a connection: puts segments in order and tells the sink what passed, each byte once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "tcp/connection_sink.h"
#include "tcp/flow_limits.h"
#include "tcp/segment_buffer.h"
#include "tcp/sequence.h"
#include "tcp/skip_range.h"
#include "tcp/stream_outlet.h"

namespace podwire::tcp {

// Not begun → joining or following → ended.
//
// Joining: where the stream stood is known (or guessed from an acknowledgment), its first segment is still to come and
// sets the start; that is told as one gap of unknown size (kJoinedLate).
//
// Following: `next` is the first byte not yet told. Bytes before it are old and dropped, so the first copy of a byte
// wins. Bytes after it wait in a buffer that exists only then. A hole before them is filled by its bytes, or is given
// up: acknowledged (acknowledged()), too old (expire()), or crowded out (receive()). Holes in a range that the sink
// asked to skip are none; those in a range that the source left out are told at once (kBodyLeftOut).
class Stream {
 public:
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool ended() const { return ended_; }
  // True when `sequence` is the number that the stream was begun with.
  [[nodiscard]] bool began_at(std::uint32_t sequence) const { return begun_ && start_sequence_ == sequence; }
  // The first byte is known: its number is the SYN's plus one. Also for a stream that is joining, whose SYN came late.
  void begin_exactly(std::uint32_t sequence);
  // Joined while running; `sequence` is a byte that is not before what comes next.
  void begin_joining(std::uint32_t sequence);
  [[nodiscard]] bool joining() const { return joining_; }

  // Where a segment with this number may lie: within a window of what was told or is being skipped by the source.
  [[nodiscard]] bool in_window(std::uint32_t sequence) const {
    const Position position = unwrap(next_, sequence);
    return position + kMaxWindowBytes >= next_ && position <= std::max(next_, skip_.source_until()) + kMaxWindowBytes;
  }

  // A payload in the window; `captured` is the beginning of its `size` bytes.
  void receive(const StreamContext& context, std::uint32_t sequence, std::span<const std::uint8_t> captured,
               std::uint32_t size, const SegmentSeen& seen);
  // A FIN in the window, at its own number. Ends the stream when everything before it has been told; also when it is
  // what the last number of a gap was.
  void fin(const StreamContext& context, std::uint32_t sequence, std::uint64_t seen_monotime_ns);
  // The other side has received everything before `sequence`: what of it was not captured never will be.
  void acknowledged(const StreamContext& context, std::uint32_t sequence, std::uint64_t seen_monotime_ns) {
    if (ended_ || !begun_ || unwrap(next_, sequence) <= next_) return;
    acknowledged_unseen(context, sequence, seen_monotime_ns);
  }
  // As ConnectionSink::data tells it, of an acknowledgment by the opposite side. However much was told since that came,
  // no more is said to be unacknowledged than was.
  [[nodiscard]] std::optional<std::uint32_t> unacknowledged(std::optional<std::uint32_t> acknowledgment) const {
    if (!acknowledgment) return std::nullopt;
    const std::int32_t behind = sequence_distance(*acknowledgment, wire_sequence(next_));
    constexpr auto kFarthest = static_cast<std::int32_t>(kMaxWindowBytes);
    if (behind < -kFarthest || behind > kFarthest) return std::nullopt;
    return static_cast<std::uint32_t>(std::max(behind, 0));
  }
  // A payload out of the window. The numbers have jumped once a second one goes on where the first ended; then the
  // stream goes on at that second one, after a gap of unknown size (kSequenceJump). False: not yet.
  [[nodiscard]] bool follow_jump(const StreamContext& context, std::uint32_t sequence, std::uint32_t size,
                                 std::uint64_t seen_monotime_ns);
  // Tells what waits, with its holes, and ends by RST. `sequence` is the RST's number when this side sent it: it sent
  // all before that, too.
  void reset(const StreamContext& context, std::optional<std::uint32_t> sequence, std::uint64_t seen_monotime_ns);
  // Tells what waits, with its holes (kAcknowledgedUnseen): nothing that comes later can fill them.
  void flush(const StreamContext& context);
  // Gives up the holes before bytes that came at `since_ns` or earlier (kReorderTimeout).
  void expire(const StreamContext& context, std::uint64_t since_ns);
  // For a flow that nobody reads any more: ends without telling; frees what waits.
  void abandon();
  void drop_waiting();

  // When the bytes came that the first hole holds back; nothing when none wait.
  [[nodiscard]] std::optional<std::uint64_t> waiting_since_ns() const {
    if (!waiting_ || waiting_->empty()) return std::nullopt;
    return waiting_->front().seen_monotime_ns;
  }

  [[nodiscard]] bool buffers() const { return waiting_ != nullptr; }

  // As ConnectionControl::skip.
  void skip(std::uint64_t bytes);
  // As ConnectionControl::refuse_left_out: the empty range that the source is to be told instead of its own.
  SequenceRange refuse_left_out();
  // The range that the source should be told to skip now; an empty one voids an earlier range whose numbers would come
  // round again. To be told at once: it is remembered as told.
  [[nodiscard]] std::optional<SequenceRange> take_source_skip(const FlowLimits& limits);
  // As Segment::body_announced of this side's latest segment: nothing need be told to the source until the next one.
  void set_body_announced(bool announced) { body_announced_ = announced; }
  [[nodiscard]] bool ever_skipped() const { return skip_.ever(); }
  [[nodiscard]] bool source_skips() const { return skip_.source_until() > next_ && !ended_; }

 private:
  void begin(std::uint32_t sequence);
  void acknowledged_unseen(const StreamContext& context, std::uint32_t sequence, std::uint64_t seen_monotime_ns);
  [[nodiscard]] bool in_order_and_wanted() const { return !joining_ && !waiting_ && !skip_.contains(next_); }
  // The next bytes.
  void tell(const StreamContext& context, std::span<const std::uint8_t> bytes, const SegmentSeen& seen) {
    next_ += bytes.size();
    fin_in_gap_ = false;
    outlet_.data(context, bytes, seen.monotime_ns, context.peer.unacknowledged(seen.acknowledgment));
  }
  void join(const StreamContext& context, Position position, std::uint64_t seen_monotime_ns);
  void receive_in_turn(const StreamContext& context, Position position, std::span<const std::uint8_t> captured,
                       Position end, const SegmentSeen& seen);
  void end_without_room(const StreamContext& context, Position position, std::uint64_t seen_monotime_ns);
  void wait(const StreamContext& context, Position position, std::span<const std::uint8_t> captured, Position end,
            const SegmentSeen& seen);
  void deliver(const StreamContext& context, std::span<const std::uint8_t> captured, Position end,
               const SegmentSeen& seen);
  void deliver_waiting(const StreamContext& context);
  // The hole ends at `until`, or what is given up of it does. `proven_monotime_ns`: when that was found out.
  void give_up_hole(const StreamContext& context, Position until, GapCause cause, std::uint64_t proven_monotime_ns);
  void pass_skipped(const StreamContext& context, Position until, std::uint64_t seen_monotime_ns);
  // What was asked to be skipped, and what the source left out.
  void pass_spared(const StreamContext& context, Position until, std::uint64_t seen_monotime_ns);
  void pass_unseen(const StreamContext& context, Position until, GapCause cause, std::uint64_t seen_monotime_ns);
  void finish(const StreamContext& context, StreamEnd how, std::uint64_t seen_monotime_ns);

  Position next_ = 0;  // the first byte not yet told
  SkipRange skip_;
  Position left_out_until_ = 0;  // the source may leave out what comes before
  StreamOutlet outlet_;
  std::unique_ptr<SegmentBuffer> waiting_;  // null when nothing waits
  std::uint32_t start_sequence_ = 0;
  std::uint32_t jump_end_ = 0;
  bool begun_ = false;
  bool joining_ = false;
  bool ended_ = false;
  bool body_announced_ = false;
  bool jumped_once_ = false;  // jump_end_ is where the last payload out of the window ended
  bool fin_in_gap_ = false;   // the last number told may have been a FIN's: see ConnectionSink::gap
};

}  // namespace podwire::tcp
