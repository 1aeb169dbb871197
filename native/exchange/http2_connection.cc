// Frames and header sections. Bytes that were skipped or lost, and the end, are in http2_loss.cc.
#include "exchange/http2_connection.h"

#include <algorithm>
#include <utility>

#include "exchange/gap_cause.h"
#include "exchange/http2_events.h"
#include "exchange/octets.h"

namespace podwire::exchange {
namespace {

http2::StreamBegin begin_of(const ConnectionContext& context, tcp::Side side) {
  return context.is_client(side) ? http2::StreamBegin::kClientPreface : http2::StreamBegin::kServerPreface;
}

Missing missing_for(http2::ReadOutcome outcome) {
  return outcome == http2::ReadOutcome::kMemoryFull ? Missing::kMemoryFull : Missing::kMalformed;
}

Http2Section section_of(const http2::HeaderBlock& block, std::uint64_t seen_ns, bool proven) {
  return {.stream_id = block.promised_stream_id != 0 ? block.promised_stream_id : block.stream_id,
          .end_stream = block.end_stream,
          .first_byte_ns = block.first_byte_ns,
          .last_byte_ns = seen_ns,
          .wire_bytes = block.wire_bytes,
          .proven = proven};
}

bool has_grpc_status(const hpack::FieldList& list) {
  return std::ranges::any_of(list.fields,
                             [&list](const hpack::Field& field) { return list.name(field) == "grpc-status"; });
}

}  // namespace

Http2Connection::Http2Connection(ConnectionContext& context)
    : context_(context),
      directions_{Direction(begin_of(context, tcp::Side::kInitiator), context.store()),
                  Direction(begin_of(context, tcp::Side::kResponder), context.store())},
      exchanges_(context, {}) {
  for (Direction& one : directions_) one.frames.limit_payload(http2::kDefaultMaxFrameBytes);
}

Http2Connection::Http2Connection(ConnectionContext& context, ExchangeRecord& upgraded, std::uint64_t content_rest)
    : Http2Connection(context) {
  for (const tcp::Side side : {tcp::Side::kInitiator, tcp::Side::kResponder}) {
    allow_payload(side, http2::kMaxFrameBytes);  // the request's HTTP2-Settings may have allowed as much
  }
  exchanges_.adopt(upgraded);
  content_rest_ = content_rest;
}

Http2Connection::Http2Connection(ConnectionContext& context, MissingSet joined_late)
    : context_(context),
      directions_{Direction(http2::StreamBegin::kUnknown, context.store()),
                  Direction(http2::StreamBegin::kUnknown, context.store())},
      exchanges_(context, joined_late),
      client_known_(false) {
  for (Direction& one : directions_) one.uncertain = joined_late;
}

Http2Connection::~Http2Connection() = default;

Recognition Http2Connection::recognition() const {
  if (client_known_) return Recognition::kRecognised;
  const bool searching = std::ranges::all_of(directions_, [](const Direction& one) { return one.frames.searching(); });
  return searching ? Recognition::kSearching : Recognition::kSupposed;
}

void Http2Connection::data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
                           std::optional<std::uint32_t> /*unacknowledged*/) {
  if (over_) return;
  Direction& one = direction(side);
  one.bytes_seen = true;
  tell_unread(side);
  const bool reads = client_known_ && !one.frames.searching();
  const std::uint64_t before_ns = std::exchange(one.latest_ns, seen_monotime_ns);
  const std::string_view text = read_content_rest(side, text_of(bytes), seen_monotime_ns);
  Events events(*this, side, seen_monotime_ns);
  const http2::ReadOutcome outcome = one.frames.data(text, seen_monotime_ns, events);
  if (malformed_) return fail(Missing::kMalformed);
  if (outcome != http2::ReadOutcome::kReading) return fail(missing_for(outcome));
  if (one.refuted) {
    position_refuted(side);
    one.frames.search();
  }
  if (!client_known_) {
    one.unread_until_ns = seen_monotime_ns;
  } else if (!reads) {
    // Unless found by length alone, the first frame begins this call, or an earlier one.
    const bool begins_call = events.found_ns() >= seen_monotime_ns && !one.frames.position_certain();
    one.unread_until_ns = begins_call ? before_ns : std::min(events.found_ns(), seen_monotime_ns);
  }
  exchanges_.give_up_silent(seen_monotime_ns);
  skip(side);
}

// What is left of the request that upgraded is content of stream 1.
std::string_view Http2Connection::read_content_rest(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns) {
  if (content_rest_ == 0 || !context_.is_client(side)) return bytes;
  const std::string_view content = bytes.substr(0, content_rest_);
  exchanges_.data(Http2Half::kRequest, 1, content, seen_ns);
  content_rest_ -= content.size();
  if (content_rest_ == 0) exchanges_.data_end(Http2Half::kRequest, 1, 0, true, seen_ns);
  return bytes.substr(content.size());
}

void Http2Connection::skip(tcp::Side side) {
  Direction& one = direction(side);
  if (one.data_stream == 0 || !client_known_) return;
  const std::uint64_t unread = one.frames.skippable_bytes();
  if (unread < kSkipThresholdBytes) return;
  const std::uint64_t skippable = std::min(unread, exchanges_.skippable_bytes(half(side), one.data_stream));
  if (skippable >= kSkipThresholdBytes) context_.control().skip(side, skippable);
}

void Http2Connection::section(tcp::Side side, const http2::HeaderBlock& block, std::uint64_t seen_ns) {
  Direction& one = direction(side);
  hpack::FieldList& list = context_.store().field_list();
  if (!one.headers.decode(block.fragment, list)) {
    // RFC 9113, section 4.3: a connection error, which ends it here, whatever stands behind in the same segment; or
    // else what was taken for a header section is none.
    (one.frames.position_certain() ? malformed_ : one.refuted) = true;
    return;
  }
  const Http2Head head = read_http2_head(list);
  if (!client_known_) learn_client(side, block, head);
  if (!client_known_) return;
  const Http2Section section = section_of(block, seen_ns, one.frames.position_certain());
  if (block.promised_stream_id == 0) {
    exchanges_.section(half(side), section, head);
  } else if (half(side) == Http2Half::kResponse) {
    exchanges_.promise(block.stream_id, section, head);
  }
}

void Http2Connection::learn_client(tcp::Side side, const http2::HeaderBlock& block, const Http2Head& head) {
  // Trailers of gRPC come from the server.
  const bool from_server = head.response || (block.end_stream && has_grpc_status(head.fields));
  if (head.malformed || head.request == from_server) return;
  const bool from_client = head.request && block.promised_stream_id == 0;
  context_.set_client(from_client ? side : tcp::opposite(side));
  client_known_ = true;
  tell_unread(side);
}

// A receiver may allow less again; until its sender knows, what it allowed before holds.
void Http2Connection::allow_payload(tcp::Side side, std::uint32_t bytes) {
  http2::FrameReader& frames = direction(side).frames;
  frames.limit_payload(std::max(frames.max_payload_bytes(), bytes));
}

// Of the other side than the one whose frames are told.
void Http2Connection::tell_unread(tcp::Side side) {
  const tcp::Side other = tcp::opposite(side);
  const Direction& one = direction(other);
  exchanges_.set_unread_until(half(other), one.frames.searching() ? UINT64_MAX : one.unread_until_ns);
  exchanges_.set_unread_until(half(side), 0);
}

void Http2Connection::section_lost(tcp::Side side, const http2::HeaderBlock& block, MissingSet cause,
                                   std::uint64_t seen_ns) {
  Direction& one = direction(side);
  one.headers.lose_table();
  if (!client_known_) return;
  const Http2Section section = section_of(block, seen_ns, one.frames.position_certain());
  if (block.promised_stream_id == 0) {
    // Of a PUSH_PROMISE of which too little was seen, this is the stream that it came on.
    if (half(side) == Http2Half::kResponse) exchanges_.doubt(cause);
    exchanges_.section_lost(half(side), section, cause);
  } else if (half(side) == Http2Half::kResponse) {
    exchanges_.promise_lost(section, cause);
  }
}

// Last in a call.
void Http2Connection::fail(Missing cause) {
  if (over_) return;
  over_ = true;
  exchanges_.close(End::kDetached, only(cause));
  // As long as nothing is certain, who searches for other protocols, too, tells that none was found.
  if (client_known_) context_.tell_loss(LossCause::kMalformed);
}

}  // namespace podwire::exchange
