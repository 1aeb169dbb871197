// Http2Exchanges: header sections, as heads and trailers of messages.
#include "exchange/http2_exchanges.h"
#include "exchange/message_bodies.h"

namespace podwire::exchange {
namespace {

// RFC 9113, section 8.4.1: a promised request is safe and cacheable, and has no content.
bool may_be_promised(const Http2Head& head) {
  const auto& method = head.control.method;
  if (!head.request) return false;
  return !method || method->in(head.fields.bytes) == "GET" || method->in(head.fields.bytes) == "HEAD";
}

}  // namespace

void Http2Exchanges::section(Http2Half half, const Http2Section& section, const Http2Head& head) {
  Http2Stream* stream = stream_of(half, section, head);
  if (stream == nullptr) return refuse(section.stream_id);
  Http2HalfState& state = stream->state(half);
  if (state.ended) return malformed(stream);  // section 5.1: half-closed
  stream->latest_frame_ns = section.first_byte_ns;
  state.doubtful = false;
  if (head.malformed) malformed(stream);
  switch (place_of(half, *stream, section, head)) {
    case SectionPlace::kHead:
      take_head(half, *stream, section, head);
      break;
    case SectionPlace::kInformational:
      take_informational(*stream, section, head);
      break;
    case SectionPlace::kTrailers:
      take_trailers(half, *stream, section, head);
      break;
    case SectionPlace::kUnknown:
      stream->message(half).seen = true;
      stream->record->missing.add(Missing::kUnknownHeaders);
      break;
  }
  if (section.end_stream) end_half(half, section.stream_id, *stream, section.last_byte_ns);
}

Http2Stream* Http2Exchanges::stream_of(Http2Half half, const Http2Section& section, const Http2Head& head) {
  const std::uint32_t id = section.stream_id;
  if (half == Http2Half::kRequest && opens_stream(id, head.request)) return &open_request(section);
  return find_or_take_on(half, id, section.first_byte_ns);
}

// A header section of the client's on a stream that is idle: section 5.1. `request`: it says that it is one.
bool Http2Exchanges::opens_stream(std::uint32_t stream_id, bool request) const {
  if (is_pushed(stream_id) || is_used(stream_id) || is_remembered(stream_id)) return false;
  return request || client_ids_.next_is(stream_id);
}

// The stream may be known by its response already.
Http2Stream& Http2Exchanges::open_request(const Http2Section& section) {
  client_ids_.opened(section.stream_id);
  Http2Stream* stream = find(section.stream_id);
  return stream != nullptr ? *stream : open(section.stream_id, section.first_byte_ns, section.proven);
}

// Pseudo-header fields stand before all others (section 8.3): where the first name is known, all of them are. Trailers
// end the stream, and have none (section 8.1).
Http2Exchanges::SectionPlace Http2Exchanges::place_of(Http2Half half, Http2Stream& stream, const Http2Section& section,
                                                      const Http2Head& head) {
  const Http2HalfState& state = stream.state(half);
  const std::uint16_t status = head.control.status;
  if (half == Http2Half::kResponse && status >= 100 && status < 200) return SectionPlace::kInformational;
  if (half == Http2Half::kRequest ? head.request : head.response) return SectionPlace::kHead;
  // What was taken for the head may have been an interim response whose status cannot be known.
  const bool head_certain =
      state.has_head && (half == Http2Half::kRequest || stream.record->response.control.status != 0);
  const bool begins = !state.has_head && !state.begin_unseen;
  if (head_certain || state.data_seen) return SectionPlace::kTrailers;
  if (head.begins_known) return begins ? SectionPlace::kHead : SectionPlace::kTrailers;
  return section.end_stream && !begins ? SectionPlace::kUnknown : SectionPlace::kHead;
}

void Http2Exchanges::take_head(Http2Half half, Http2Stream& stream, const Http2Section& section,
                               const Http2Head& head) {
  ExchangeRecord& record = *stream.record;
  Http2HalfState& state = stream.state(half);
  StoredMessage& message = stream.message(half);
  // Of two responses the first may have been a 1xx whose status cannot be known.
  const bool may_follow = !state.has_head || (half == Http2Half::kResponse && message.control.status == 0);
  if (!may_follow) return malformed(&stream);
  if (head.begins_known && !head.request && !head.response) malformed(&stream);
  if (!state.data_seen) {  // all of it is still to come
    state.body_exact = state.wire_exact = true;
    state.wire_bytes = 0;
  }
  state.has_head = true;
  state.begin_unseen = false;
  state.wire_bytes += section.wire_bytes;
  store_.store_head(record, message, head);
  if (half == Http2Half::kResponse) record.first_response_byte_ns = section.first_byte_ns;
  if (half == Http2Half::kRequest) record.start_ns = section.first_byte_ns;
  count_messages(half, record);
}

void Http2Exchanges::take_informational(Http2Stream& stream, const Http2Section& section, const Http2Head& head) {
  const Http2HalfState& state = stream.state(Http2Half::kResponse);
  store_.store_informational(*stream.record, head);
  if (section.end_stream || state.has_head) malformed(&stream);  // section 8.1
}

void Http2Exchanges::count_messages(Http2Half half, ExchangeRecord& record) {
  if (half == Http2Half::kRequest) return count_request_messages(record);
  const auto& protocol = record.request.control.connect_protocol;
  const std::uint16_t status = record.response.control.status;
  if (!protocol || protocol->in(record.request.head.bytes) != "websocket" || status < 200 || status >= 300) {
    return count_response_messages(record);
  }
  count_websocket_messages(record);  // RFC 8441, section 5
}

void Http2Exchanges::take_trailers(Http2Half half, Http2Stream& stream, const Http2Section& section,
                                   const Http2Head& head) {
  StoredMessage& message = stream.message(half);
  if (head.request || head.response || !section.end_stream) malformed(&stream);  // section 8.1
  message.seen = true;
  stream.state(half).wire_bytes += section.wire_bytes;
  store_.store_trailers(*stream.record, message, head.fields);
}

void Http2Exchanges::section_lost(Http2Half half, const Http2Section& section, MissingSet cause) {
  const std::uint32_t id = section.stream_id;
  Http2Stream* stream = half == Http2Half::kRequest && opens_stream(id, false)
                            ? &open_request(section)
                            : find_or_take_on(half, id, section.first_byte_ns);
  if (stream == nullptr || stream->state(half).ended) return;
  stream->latest_frame_ns = section.first_byte_ns;
  stream->state(half).doubtful = false;
  lose_section(half, *stream, cause);
  if (section.end_stream) end_half(half, id, *stream, section.last_byte_ns);
}

void Http2Exchanges::lose_section(Http2Half half, Http2Stream& stream, MissingSet cause) {
  stream.record->missing.merge(cause);
  stream.record->missing.add(Missing::kUnknownHeaders);
  stream.message(half).seen = true;
  Http2HalfState& state = stream.state(half);
  state.begin_unseen = state.begin_unseen || !state.has_head;
  state.wire_exact = false;
}

void Http2Exchanges::promise(std::uint32_t associated_id, const Http2Section& section, const Http2Head& head) {
  const std::uint32_t id = section.stream_id;
  if (is_used(id) || find(id) != nullptr) return refuse(id);  // section 5.1.1
  server_ids_.opened(id);
  Http2Stream& stream = open(id, section.first_byte_ns, section.proven);
  // Section 6.6: the stream that it answers is open.
  const bool answers_none = doubt_.empty() && is_used(associated_id) && find(associated_id) == nullptr;
  if (head.malformed || !may_be_promised(head) || (answers_none && !is_remembered(associated_id))) malformed(&stream);
  stream.state(Http2Half::kRequest).ended = true;
  take_head(Http2Half::kRequest, stream, section, head);
}

void Http2Exchanges::promise_lost(const Http2Section& section, MissingSet cause) {
  if (is_used(section.stream_id) || find(section.stream_id) != nullptr) return;
  server_ids_.opened(section.stream_id);
  Http2Stream& stream = open(section.stream_id, section.first_byte_ns, section.proven);
  lose_section(Http2Half::kRequest, stream, cause);
  stream.state(Http2Half::kRequest).ended = true;
}

}  // namespace podwire::exchange
