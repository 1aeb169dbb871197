// Streams: found, opened, ended. What their frames say is in http2_sections.cc and http2_content.cc, what was lost of
// them in http2_doubt.cc.
#include "exchange/http2_exchanges.h"

#include <algorithm>

#include "exchange/content_length.h"
#include "exchange/gap_cause.h"
#include "exchange/message_bodies.h"

namespace podwire::exchange {
Http2Exchanges::Http2Exchanges(ConnectionContext& context, MissingSet joined_late)
    : context_(context),
      store_(context.store()),
      client_ids_(joined_late.empty()),
      server_ids_(joined_late.empty()),
      doubt_(joined_late) {
  if (joined_late.empty()) return;
  for (LossHistory& history : losses_) history.add(joined_late);
}

Http2Exchanges::~Http2Exchanges() {
  for (auto& [id, stream] : streams_) store_.discard(*stream.record);
}

void Http2Exchanges::adopt(ExchangeRecord& record) {
  Http2Stream& stream = streams_[1];
  stream.record = &record;
  stream.latest_frame_ns = record.start_ns;
  record.owner = this;
  record.stream = 1;
  Http2HalfState& request = stream.state(Http2Half::kRequest);
  request.has_head = true;
  request.ended = record.request.ended;
  request.body_bytes = record.request.body_bytes.value_or(0);
  request.body_exact = record.request.body_bytes.has_value();
  request.wire_bytes = record.request.wire_bytes.value_or(0);
  request.wire_exact = record.request.wire_bytes.has_value();
  client_ids_.opened(1);
}

Http2Stream* Http2Exchanges::find(std::uint32_t stream_id) {
  const auto found = streams_.find(stream_id);
  if (found == streams_.end()) return nullptr;
  reckon_with_losses(found->second);
  return &found->second;
}

Http2Stream& Http2Exchanges::open(std::uint32_t stream_id, std::uint64_t start_ns, bool proven) {
  if (!streams_.empty()) {
    const bool too_many = streams_.size() >= store_.limits().max_streams;
    if (too_many || store_.full()) {
      finish(streams_.begin()->first, End::kDetached, only(too_many ? Missing::kTooManyStreams : Missing::kMemoryFull));
    }
  }
  Http2Stream& stream = streams_[stream_id];
  stream.record = &context_.open(*this, start_ns);
  stream.record->stream = stream_id;
  stream.record->pushed = is_pushed(stream_id);
  stream.latest_frame_ns = start_ns;
  for (const Http2Half half : kHalves) {
    // A loss lasts until frames are found again. The other half may be read later than it passed.
    const auto index = static_cast<std::size_t>(half);
    const bool is_unread = unread_until_ns_[index] > 0 && start_ns <= unread_until_ns_[index];
    stream.state(half).losses = losses_[index].now() - (is_unread ? 1U : 0U);
  }
  if (!proven) stream.record->unproven = doubt_;
  return stream;
}

// With a stream that is not known nothing but its being there is known. Null: it was there before, or cannot be.
Http2Stream* Http2Exchanges::find_or_take_on(Http2Half half, std::uint32_t stream_id, std::uint64_t seen_ns) {
  Http2Stream* stream = find(stream_id);
  if (stream == nullptr) {
    const bool awaits_request = half == Http2Half::kResponse && !is_pushed(stream_id);
    if ((doubt_.empty() && !awaits_request) || is_used(stream_id) || is_remembered(stream_id)) return nullptr;
    stream = &open(stream_id, seen_ns, false);
    stream->record->missing.merge(doubt_);
    for (Http2HalfState& state : stream->halves) {
      state.body_exact = state.wire_exact = false;
      state.begin_unseen = state.doubtful = true;
    }
  }
  stream->latest_frame_ns = seen_ns;
  stream->state(half).doubtful = false;
  return stream;
}

bool Http2Exchanges::is_used(std::uint32_t stream_id) const {
  return (is_pushed(stream_id) ? server_ids_ : client_ids_).used(stream_id);
}

bool Http2Exchanges::is_remembered(std::uint32_t stream_id) const {
  return std::ranges::find(remembered_, stream_id) != remembered_.end();
}

// RFC 9113, section 5.1: a frame on a stream that is idle, or that its sender has closed. Frames that were on their way
// when a stream was reset are none.
void Http2Exchanges::refuse(std::uint32_t stream_id) {
  const bool all_remembered = remembered_count_ <= kMaxRemembered;
  if (doubt_.empty() && all_remembered && !is_remembered(stream_id)) malformed(nullptr);
}

// RFC 9113, section 8.1: the exchange is over when both halves are. Of a request whose end may have been lost, the
// response's decides.
void Http2Exchanges::end_half(Http2Half half, std::uint32_t stream_id, Http2Stream& stream, std::uint64_t seen_ns) {
  Http2HalfState& state = stream.state(half);
  state.ended = true;
  state.doubtful = false;
  if (half == Http2Half::kResponse) {
    stream.record->last_response_byte_ns = seen_ns;
    store_message_trailers(store_, *stream.record);
  }
  if (state.body_exact && contradicts_content_length(*stream.record, stream.message(half), state.body_bytes)) {
    malformed(&stream);
  }
  const Http2HalfState& request = stream.state(Http2Half::kRequest);
  const bool request_over = request.ended || request.doubtful || !stream.record->request.seen;
  if (stream.state(Http2Half::kResponse).ended && request_over) finish(stream_id, End::kComplete);
}

void Http2Exchanges::reset(Http2Half by, std::uint32_t stream_id, std::uint32_t error_code) {
  Http2Stream* stream = find(stream_id);
  if (stream == nullptr) {
    if (by == Http2Half::kRequest && !is_used(stream_id)) refuse(stream_id);
    return;
  }
  constexpr std::uint32_t kNoError = 0;
  // RFC 9113, section 8.1: a server that has answered whole may ask so for no more of the request.
  if (stream->state(Http2Half::kResponse).ended && error_code == kNoError) return finish(stream_id, End::kComplete);
  stream->record->reset = StreamReset{.error_code = error_code, .by_source = by == Http2Half::kRequest};
  finish(stream_id, End::kReset);
}

void Http2Exchanges::reset_lost(std::uint32_t stream_id, MissingSet cause) {
  if (find(stream_id) != nullptr) finish(stream_id, End::kReset, cause);
}

void Http2Exchanges::go_away(std::uint32_t last_stream_id) {
  for (auto next = streams_.upper_bound(last_stream_id); next != streams_.end();) {
    const std::uint32_t id = next->first;
    ++next;
    if (!is_pushed(id)) finish(id, End::kClosed);
  }
}

void Http2Exchanges::close(End how, MissingSet missing) {
  while (!streams_.empty()) finish(streams_.begin()->first, how, missing);
}

void Http2Exchanges::finish(std::uint32_t stream_id, End how, MissingSet missing) {
  Http2Stream& stream = *find(stream_id);
  if (!stream.ended()) {
    if (remembered_.size() < kMaxRemembered) remembered_.resize(remembered_.size() + 1);
    remembered_[remembered_count_++ % kMaxRemembered] = stream_id;
  }
  ExchangeRecord& record = *stream.record;
  record.missing.merge(missing);
  if (how == End::kClosed) record.missing.merge(stream.lost_after_end);
  sync(stream);
  record.owner = nullptr;
  streams_.erase(stream_id);
  store_.finish(record, how);
}

// Counted once for each stream; the exchange tells of it too.
void Http2Exchanges::malformed(Http2Stream* stream) {
  if (stream != nullptr) {
    if (stream->record->missing.has(Missing::kMalformed)) return;
    stream->record->missing.add(Missing::kMalformed);
  }
  context_.tell_loss(LossCause::kMalformedStream);
}

void Http2Exchanges::stream_error(std::uint32_t stream_id) {
  if (Http2Stream* stream = find(stream_id)) malformed(stream);
}

void Http2Exchanges::refresh(ExchangeRecord& record) {
  if (Http2Stream* stream = find(*record.stream)) sync(*stream);
}

void Http2Exchanges::sync(Http2Stream& stream) {
  for (const Http2Half half : kHalves) {
    StoredMessage& message = stream.message(half);
    const Http2HalfState& state = stream.state(half);
    if (!message.seen) continue;
    message.ended = state.ended;
    const bool certain = state.ended || !state.ends_in_gap;
    message.body_bytes = state.body_exact && certain ? std::optional(state.body_bytes) : std::nullopt;
    message.wire_bytes = state.wire_exact && certain ? std::optional(state.wire_bytes) : std::nullopt;
  }
}

}  // namespace podwire::exchange
