// Http2Exchanges: DATA frames.
#include "exchange/http2_exchanges.h"

namespace podwire::exchange {

void Http2Exchanges::data(Http2Half half, std::uint32_t stream_id, std::string_view bytes, std::uint64_t seen_ns) {
  Http2Stream* stream = find_or_take_on(half, stream_id, seen_ns);
  if (stream == nullptr) return;
  StoredMessage& message = stream->message(half);
  Http2HalfState& state = stream->state(half);
  if (state.ended) return;
  if (!state.has_head && !state.begin_unseen) malformed(stream);  // section 8.1
  message.seen = true;
  state.data_seen = true;
  state.ends_in_gap = false;
  state.body_bytes += bytes.size();
  state.wire_bytes += bytes.size();
  if (message.messages) message.messages->data(bytes);
  if (message.messages && message.messages->malformed()) malformed(stream);
  if (message.body_wanted > 0) store_.store_body(*stream->record, message, bytes);
}

void Http2Exchanges::data_unseen(Http2Half half, std::uint32_t stream_id, std::uint64_t bytes, bool exact,
                                 MissingSet cause, std::uint64_t seen_ns) {
  Http2Stream* stream = find_or_take_on(half, stream_id, seen_ns);
  if (stream == nullptr) return;
  StoredMessage& message = stream->message(half);
  Http2HalfState& state = stream->state(half);
  if (state.ended) return;
  message.seen = true;
  state.data_seen = true;
  state.body_bytes += bytes;
  state.wire_bytes += bytes;
  if (!exact) state.body_exact = false;
  state.ends_in_gap = !cause.empty();
  message.body_wanted = static_cast<std::uint32_t>(message.body.size());
  if (message.messages && exact) message.messages->unseen(bytes);
  if (message.messages && !exact) message.messages->lose();
  stream->record->missing.merge(cause);
}

void Http2Exchanges::data_end(Http2Half half, std::uint32_t stream_id, std::uint64_t overhead_bytes, bool end_stream,
                              std::uint64_t seen_ns) {
  Http2Stream* stream = find_or_take_on(half, stream_id, seen_ns);
  if (stream == nullptr) return refuse(stream_id);  // section 6.1
  Http2HalfState& state = stream->state(half);
  if (state.ended || (!state.has_head && !state.begin_unseen)) malformed(stream);
  if (state.ended) return;
  stream->message(half).seen = true;
  state.data_seen = true;
  state.wire_bytes += overhead_bytes;
  if (end_stream) end_half(half, stream_id, *stream, seen_ns);
}

std::uint64_t Http2Exchanges::skippable_bytes(Http2Half half, std::uint32_t stream_id) {
  Http2Stream* stream = find(stream_id);
  if (stream == nullptr) return UINT64_MAX;
  const StoredMessage& message = stream->message(half);
  if (message.body.size() < message.body_wanted) return 0;
  return message.messages ? message.messages->skippable_bytes() : UINT64_MAX;
}

}  // namespace podwire::exchange
