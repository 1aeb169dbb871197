#include "tcp/connection.h"

#include <algorithm>
#include <optional>

namespace podwire::tcp {
namespace {

// The number of the first payload byte: SYN takes one of its own (RFC 9293, section 3.4).
std::uint32_t payload_sequence(const Segment& segment) { return segment.sequence + (segment.flags.syn ? 1U : 0U); }

std::optional<std::uint32_t> left_out_until(const Segment& segment) {
  if (segment.left_out_bytes == 0) return std::nullopt;
  return payload_sequence(segment) + static_cast<std::uint32_t>(segment.payload.size()) + segment.left_out_bytes;
}

}  // namespace

Connection::Connection(ConnectionServices& services, const ConnectionInfo& info, bool initiator_is_lower, FlowSlot slot)
    : services_(services), info_(info), slot_(slot), initiator_is_lower_(initiator_is_lower) {}

void Connection::open(ConnectionSinkFactory& factory) {
  sink_ = factory.connection(info_, *this);
  if (!sink_) ignore();
}

bool Connection::begins_anew(const Segment& segment, Side side) const {
  if (!segment.flags.syn || segment.flags.rst) return false;
  const Stream& own = stream(side);
  if (own.began_at(payload_sequence(segment))) return false;  // a retransmission
  if (own.begun()) return true;
  return !read() && !segment.flags.ack;
}

void Connection::segment(const Segment& segment, Side side) {
  if (!read()) return segment_unread(segment, side);
  if (segment.flags.rst) return reset(segment, side);
  Stream& own = stream(side);
  const std::uint32_t sequence = payload_sequence(segment);
  if (segment.flags.syn && (!own.begun() || own.joining())) {
    own.begin_exactly(sequence);
  } else if (!own.begun()) {
    own.begin_joining(sequence);
  }
  const StreamContext told = context(side);
  const bool readable =
      segment.payload_bytes <= kMaxWindowBytes &&
      (own.in_window(sequence) ||
       (segment.payload_bytes > 0 && own.follow_jump(told, sequence, segment.payload_bytes, segment.seen_monotime_ns)));
  if (!readable) {
    ++services_.stats.out_of_window_segments;
    return;
  }
  // What the sender had received came before what it now sends.
  if (segment.flags.ack) acknowledge(segment, side);
  if (segment.payload_bytes > 0) {
    const std::size_t size = std::min<std::size_t>(segment.payload.size(), segment.payload_bytes);
    const SegmentSeen seen{.monotime_ns = segment.seen_monotime_ns,
                           .acknowledgment = segment.flags.ack ? std::optional(segment.acknowledgment) : std::nullopt,
                           .left_out_until = left_out_until(segment)};
    own.set_body_announced(segment.body_announced);
    own.receive(told, sequence, segment.payload.first(size), segment.payload_bytes, seen);
  }
  if (segment.flags.fin) own.fin(told, sequence + segment.payload_bytes, segment.seen_monotime_ns);
  arm_source(side);
  arm_source(opposite(side));
}

// Only as much as shows when the flow is over.
void Connection::segment_unread(const Segment& segment, Side side) {
  ++services_.stats.after_end_segments;
  if (segment.flags.fin || segment.flags.rst) stream(side).abandon();
  if (segment.flags.rst) stream(opposite(side)).abandon();
}

void Connection::acknowledge(const Segment& segment, Side side) {
  Stream& peer = stream(opposite(side));
  if (peer.begun()) {
    peer.acknowledged(context(opposite(side)), segment.acknowledgment, segment.seen_monotime_ns);
  } else if (segment.flags.syn) {
    peer.begin_exactly(segment.acknowledgment);  // its own SYN was missed, but not a byte of it
  } else {
    peer.begin_joining(segment.acknowledgment);
  }
}

void Connection::reset(const Segment& segment, Side side) {
  Stream& own = stream(side);
  Stream& peer = stream(opposite(side));
  const bool plausible = own.begun() ? own.in_window(segment.sequence)
                                     : !segment.flags.ack || !peer.begun() || peer.in_window(segment.acknowledgment);
  if (!plausible) {
    ++services_.stats.implausible_resets;
    return;
  }
  if (segment.flags.ack && peer.begun()) acknowledge(segment, side);
  own.reset(context(side), segment.sequence, segment.seen_monotime_ns);
  peer.reset(context(opposite(side)), std::nullopt, segment.seen_monotime_ns);
}

void Connection::expire(Side side, std::uint64_t since_ns) {
  if (!read()) return;
  stream(side).expire(context(side), since_ns);
  arm_source(side);
}

bool Connection::rest() {
  if (!read() || muted_ || reordering_) return false;
  return sink_->rest();
}

void Connection::close(CloseCause cause, std::uint64_t now_monotime_ns) {
  if (!read()) return;
  stream(Side::kInitiator).flush(context(Side::kInitiator));
  stream(Side::kResponder).flush(context(Side::kResponder));
  finish(cause, now_monotime_ns);
  forget_at_source();
}

void Connection::close_ignored(std::uint64_t now_monotime_ns) {
  if (read()) finish(CloseCause::kDetached, now_monotime_ns);
}

void Connection::finish(CloseCause cause, std::uint64_t now_monotime_ns) {
  ++services_.stats.closed[static_cast<std::size_t>(cause)];
  sink_->close(cause, now_monotime_ns);
  sink_.reset();
  stream(Side::kInitiator).drop_waiting();
  stream(Side::kResponder).drop_waiting();
}

void Connection::release() { forget_at_source(); }

void Connection::forget_at_source() {
  if (!told_source_) return;
  told_source_ = false;
  services_.source.forget(info_.attachment_id, endpoint(Side::kInitiator), endpoint(Side::kResponder));
}

void Connection::skip(Side side, std::uint64_t bytes) {
  if (muted_) return;
  stream(side).skip(bytes);
  arm_source(side);
}

void Connection::refuse_left_out(Side side) {
  if (!muted_) tell_source(side, stream(side).refuse_left_out());
}

void Connection::ignore() {
  if (muted_) return;
  muted_ = true;
  ++services_.stats.ignored;
  told_source_ = true;
  services_.source.ignore(info_.attachment_id, endpoint(Side::kInitiator), endpoint(Side::kResponder));
  services_.ignored.push_back({slot_, info_.flow_id});
}

void Connection::arm_source(Side side) {
  if (muted_ || !stream(side).ever_skipped()) return;
  const std::optional<SequenceRange> range = stream(side).take_source_skip(services_.limits);
  if (range) tell_source(side, *range);
}

void Connection::tell_source(Side side, const SequenceRange& skip) {
  told_source_ = true;
  services_.source.skip(info_.attachment_id, endpoint(side), endpoint(opposite(side)), wire_sequence(skip.from),
                        wire_sequence(skip.until));
}

}  // namespace podwire::tcp
