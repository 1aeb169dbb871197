// MessageReader: bytes that are skipped, lost or never come.
#include <algorithm>

#include "http1/message_reader_input.h"

namespace podwire::http1 {

std::uint64_t MessageReader::skippable_bytes() const {
  if (may_lack_body_) return 0;  // the first byte decides whether there is a body
  if (state_ == State::kLengthBody) return remaining_;
  return state_ == State::kChunkedBody ? decoder_.chunk_remaining() : 0;
}

std::uint64_t MessageReader::take_skippable(std::uint64_t threshold) {
  const std::uint64_t bytes = skippable_bytes();
  if (skip_taken_ || bytes == 0 || bytes < threshold) return 0;
  skip_taken_ = true;
  return bytes;
}

void MessageReader::skip(std::uint64_t bytes, MessageEvents& events, ReaderScratch& scratch) {
  const std::uint64_t inside = std::min(bytes, skippable_bytes());
  if (inside > 0) {
    count_body(inside);
    if (state_ == State::kLengthBody) {
      remaining_ -= inside;
      if (remaining_ == 0) end_message(MessageEndKind::kComplete, true, events);
    } else {
      decoder_.skip(inside);
      if (decoder_.chunk_remaining() == 0) skip_taken_ = false;
    }
  }
  if (bytes > inside) static_cast<void>(gap(bytes - inside, events, scratch));
}

GapOutcome MessageReader::gap(std::uint64_t bytes, MessageEvents& events, ReaderScratch& scratch, GapSize size) {
  if (may_lack_body_) return lose_undecided_body(events, scratch);
  if (gap_inside_body(bytes, size, events)) return GapOutcome::kInsideBody;
  const bool open_end = state_ == State::kHead || state_ == State::kChunkedBody || state_ == State::kTrailers;
  if (state_ == State::kLengthBody) {
    // A known number of lost bytes reached beyond the body, so all of it passed.
    count_body(remaining_);
    if (bytes == 0) body_bytes_known_ = wire_bytes_known_ = false;
  }
  if (lose_message(events)) {
    release(scratch);
    state_ = State::kTunnel;
    tunnel_passed_ = true;
    return GapOutcome::kInsideBody;
  }
  const bool body_announced = body_announced_;
  search(scratch);
  body_announced_ = body_announced;
  return open_end ? GapOutcome::kEndLost : GapOutcome::kPositionLost;
}

// The bytes that would have told whether there is a body are lost: the response may be one to HEAD.
GapOutcome MessageReader::lose_undecided_body(MessageEvents& events, ReaderScratch& scratch) {
  end_unseen(events);
  search(scratch);
  return GapOutcome::kPositionLost;
}

// True: the position is still known.
bool MessageReader::gap_inside_body(std::uint64_t bytes, GapSize size, MessageEvents& events) {
  switch (state_) {
    case State::kUntilCloseBody:
      if (bytes == 0) body_bytes_known_ = wire_bytes_known_ = false;
      count_body(bytes);
      may_count_fin_ = size == GapSize::kMayCountFin;
      return true;
    case State::kTunnel:
      tunnel_passed_ = true;
      return true;
    case State::kFailed:
      return true;
    case State::kLengthBody:
      if (bytes == 0 || bytes > remaining_) return false;
      count_body(bytes);
      remaining_ -= bytes;
      may_count_fin_ = size == GapSize::kMayCountFin && remaining_ > 0;  // the last one is a byte: the length says so
      if (remaining_ == 0) end_message(MessageEndKind::kComplete, false, events);
      return true;
    case State::kChunkedBody:
      if (bytes == 0 || bytes > decoder_.chunk_remaining()) return false;
      count_body(bytes);
      may_count_fin_ = size == GapSize::kMayCountFin;
      decoder_.skip(bytes);
      if (decoder_.chunk_remaining() == 0) skip_taken_ = false;
      return true;
    case State::kStart:
    case State::kHead:
    case State::kTrailers:
    case State::kSearch:
      break;
  }
  return false;
}

bool MessageReader::lose_message(MessageEvents& events) {
  if (!in_message()) return false;
  const bool tunnel = tell_partial_head(events);
  if (state_ == State::kStart) return false;
  if (state_ == State::kChunkedBody) body_bytes_known_ = false;
  if (state_ != State::kLengthBody) wire_bytes_known_ = false;
  end_message(MessageEndKind::kEndUnseen, false, events);
  return tunnel;
}

// The message in progress is told with as much of its head as there is; without a start line it is nothing. Of its
// framing, what the start line tells.
bool MessageReader::tell_partial_head(MessageEvents& events) {
  if (state_ != State::kHead) return false;
  const HeadParser& parser = buffer_->head;
  if (!parser.has_start_line()) {
    state_ = State::kStart;
    return false;
  }
  const Head head{.bytes = std::string_view(buffer_->bytes).substr(0, parser.end()),
                  .start = parser.start_line(),
                  .fields = std::span<const Field>(buffer_->fields).first(parser.field_count())};
  const HeadSeen seen{.first_byte_ns = buffer_->first_byte_ns,
                      .acknowledged = buffer_->first_byte_acknowledged,
                      .bytes_behind = buffer_->bytes.size() - parser.end(),
                      .whole = false,
                      .confirmed = confirmed_ || confirmable_};
  body_bytes_known_ = wire_bytes_known_ = false;
  const bool tunnel =
      head.start.kind == MessageKind::kResponse && begins_tunnel(head.start.status, events.answered_method(seen));
  events.head(head, Framing{.body = tunnel ? BodyKind::kTunnel : BodyKind::kNone}, seen);
  return tunnel;
}

void MessageReader::cut_message(MessageEvents& events) {
  static_cast<void>(tell_partial_head(events));
  if (in_message()) end_message(MessageEndKind::kCut, false, events);
}

void MessageReader::finish(bool in_order, MessageEvents& events, ReaderScratch& scratch) {
  settle_undecided_body(events, scratch);
  if (state_ == State::kUntilCloseBody && in_order) {
    end_message(MessageEndKind::kComplete, true, events);
  } else if (in_message() && state_ != State::kFailed) {
    cut_message(events);
  }
  release(scratch);
}

}  // namespace podwire::http1
