// Http2Connection: bytes that were skipped or lost, and the end.
#include <algorithm>

#include "exchange/gap_cause.h"
#include "exchange/http2_events.h"

namespace podwire::exchange {

void Http2Connection::gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) {
  if (over_) return;
  const MissingSet missing = missing_for(cause);
  Direction& one = direction(side);
  if (content_rest_ > 0 && context_.is_client(side)) {
    if (bytes > 0 && bytes <= content_rest_) return pass_content_rest(bytes, missing, seen_monotime_ns);
    pass_content_rest(content_rest_, missing, seen_monotime_ns);
  }
  allow_payload(tcp::opposite(side), http2::kMaxFrameBytes);  // SETTINGS may have been lost
  Events events(*this, side, seen_monotime_ns, missing);
  if (one.frames.gap(bytes, events) == http2::GapOutcome::kPositionLost) position_lost(side, missing);
  // This side's SYN was not seen: most likely the next byte is its first.
  if (cause == tcp::GapCause::kJoinedLate && bytes == 0 && !one.bytes_seen) one.frames.expect_frame();
}

void Http2Connection::pass_content_rest(std::uint64_t bytes, MissingSet cause, std::uint64_t seen_ns) {
  exchanges_.data_unseen(Http2Half::kRequest, 1, bytes, true, cause, seen_ns);
  content_rest_ -= bytes;
  if (content_rest_ == 0) exchanges_.data_end(Http2Half::kRequest, 1, 0, true, seen_ns);
}

// Header blocks, and frames of any stream, may have passed unseen.
void Http2Connection::position_lost(tcp::Side side, MissingSet cause) {
  Direction& one = direction(side);
  one.headers.lose_table();
  one.uncertain.merge(cause);
  one.data_stream = 0;
  if (client_known_) {
    exchanges_.position_lost(half(side), cause, false);
  } else {
    exchanges_.doubt(cause);
  }
}

void Http2Connection::position_refuted(tcp::Side side) {
  Direction& one = direction(side);
  one.headers.lose_table();
  one.data_stream = 0;
  one.refuted = false;
  one.unread_until_ns = one.latest_ns;
  if (client_known_) exchanges_.position_lost(half(side), one.uncertain, true);
}

void Http2Connection::skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
  if (over_) return;
  const MissingSet lost = only(Missing::kLostPackets);
  Events events(*this, side, seen_monotime_ns, lost);
  if (direction(side).frames.skip(bytes, events) == http2::GapOutcome::kPositionLost) position_lost(side, lost);
  skip(side);
}

void Http2Connection::end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) {
  if (over_) return;
  end_frames(side, {}, seen_monotime_ns);
  if (how == tcp::StreamEnd::kReset) return exchanges_.close(End::kReset, {});
  if (client_known_ && half(side) == Http2Half::kResponse) exchanges_.close(End::kClosed, {});
}

void Http2Connection::close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) {
  if (over_) return;
  const Ending ending = ending_for(cause);
  for (const tcp::Side side : {tcp::Side::kInitiator, tcp::Side::kResponder}) {
    end_frames(side, ending.missing, now_monotime_ns);
  }
  over_ = true;
  exchanges_.close(ending.how, ending.missing);
}

// A header section whose rest never comes is told as far as it is known: its stream.
void Http2Connection::end_frames(tcp::Side side, MissingSet cause, std::uint64_t seen_ns) {
  Events events(*this, side, seen_ns, cause, Events::Tells::kLostSections);
  static_cast<void>(direction(side).frames.gap(0, events));
}

}  // namespace podwire::exchange
