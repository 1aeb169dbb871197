// Http2Exchanges: streams of which frames may have passed unseen.
#include "exchange/http2_exchanges.h"

namespace podwire::exchange {
namespace {

constexpr std::uint64_t kGiveUpIntervalNs = kMaxDoubtfulStreamNs / 4;

}  // namespace

void Http2Exchanges::reckon_with_losses(Http2Stream& stream) {
  for (const Http2Half half : kHalves) {
    const LossHistory& history = losses_[static_cast<std::size_t>(half)];
    Http2HalfState& state = stream.state(half);
    if (state.losses == history.now()) continue;
    const MissingSet causes = history.since(state.losses);
    state.losses = history.now();
    if (state.ended) {
      stream.lost_after_end.merge(causes);
    } else {
      make_doubtful(half, stream, causes);
    }
  }
}

// What is kept of a body is its beginning: after a gap no more is.
void Http2Exchanges::make_doubtful(Http2Half half, Http2Stream& stream, MissingSet cause) {
  Http2HalfState& state = stream.state(half);
  state.doubtful = true;
  state.begin_unseen = state.begin_unseen || !state.has_head;
  state.body_exact = state.wire_exact = false;
  StoredMessage& message = stream.message(half);
  message.body_wanted = static_cast<std::uint32_t>(message.body.size());
  if (message.messages) message.messages->lose();
  stream.record->missing.merge(cause);
}

void Http2Exchanges::position_lost(Http2Half half, MissingSet cause, bool refuted) {
  losses_[static_cast<std::size_t>(half)].add(cause);
  doubt(cause);
  StreamIds& ids = half == Http2Half::kRequest ? client_ids_ : server_ids_;
  if (refuted) {
    ids.refuted();
  } else {
    ids.lost();
  }
}

void Http2Exchanges::give_up_silent(std::uint64_t now_ns) {
  if (doubt_.empty() || streams_.empty() || now_ns < give_up_due_ns_) return;
  give_up_due_ns_ = now_ns + kGiveUpIntervalNs;
  for (auto next = streams_.begin(); next != streams_.end();) {
    const std::uint32_t id = next->first;
    Http2Stream& stream = next->second;
    ++next;
    reckon_with_losses(stream);
    const bool doubtful = stream.halves[0].doubtful || stream.halves[1].doubtful;
    if (doubtful && stream.latest_frame_ns + kMaxDoubtfulStreamNs < now_ns) finish(id, End::kDetached);
  }
}

}  // namespace podwire::exchange
