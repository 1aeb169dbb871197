#include "exchange/http1_connection.h"

#include <algorithm>
#include <utility>

#include "exchange/gap_cause.h"
#include "exchange/http1_events.h"
#include "exchange/http2_connection.h"
#include "exchange/octets.h"
#include "exchange/websocket_connection.h"

namespace podwire::exchange {
namespace {

Missing missing_for(http1::ReadOutcome outcome) {
  switch (outcome) {
    case http1::ReadOutcome::kHeadTooLarge:
    case http1::ReadOutcome::kTooManyFields:
      return Missing::kHeadersTooLarge;
    case http1::ReadOutcome::kMemoryFull:
      return Missing::kMemoryFull;
    case http1::ReadOutcome::kMalformed:
    case http1::ReadOutcome::kReading:
      break;
  }
  return Missing::kMalformed;
}

}  // namespace

Http1Connection::Http1Connection(ConnectionContext& context) : context_(context), tracker_(context, *this) {
  set_kinds();
}

Http1Connection::Http1Connection(ConnectionContext& context, MissingSet joined_late)
    : context_(context), tracker_(context, *this), searching_(true), confirmed_(false) {
  tracker_.join_late(joined_late);
  for (http1::MessageReader& one : readers_) one.search(context_.store().scratch());
}

Http1Connection::Http1Connection(ConnectionContext& context, const Http1Pause& pause)
    : context_(context),
      readers_{http1::MessageReader(pause.readers[0]), http1::MessageReader(pause.readers[1])},
      tracker_(context, *this, {.pairing = pause.pairing, .uncertain_cause = pause.uncertain_cause}),
      confirmed_(pause.confirmed),
      head_seen_(pause.head_seen),
      bytes_seen_{pause.initiator_seen, pause.responder_seen},
      told_bytes_(pause.told_bytes) {}

std::optional<Http1Pause> Http1Connection::pause() const {
  const bool begun_only = !head_seen_ && (bytes_seen_[0] || bytes_seen_[1]);  // see close()
  if (over_ || successor_ || searching_ || begun_only) return std::nullopt;
  const std::optional<TrackerPause> order = tracker_.pause();
  const std::optional<http1::ReaderPause> initiator = readers_[0].pause();
  const std::optional<http1::ReaderPause> responder = readers_[1].pause();
  if (!order || !initiator || !responder) return std::nullopt;
  return Http1Pause{.pairing = order->pairing,
                    .told_bytes = told_bytes_,
                    .uncertain_cause = order->uncertain_cause,
                    .readers = {*initiator, *responder},
                    .confirmed = confirmed_,
                    .head_seen = head_seen_,
                    .initiator_seen = bytes_seen_[0],
                    .responder_seen = bytes_seen_[1]};
}

Http1Connection::~Http1Connection() {
  tracker_.discard();
  for (http1::MessageReader& one : readers_) one.release(context_.store().scratch());
}

void Http1Connection::data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
                           std::optional<std::uint32_t> unacknowledged) {
  if (over_) return;
  bytes_seen_[static_cast<std::size_t>(side)] = true;
  count_told(side, bytes.size());
  const std::uint64_t told = told_bytes(tcp::opposite(side));
  const std::uint64_t acknowledged =
      unacknowledged ? told - std::min<std::uint64_t>(told, *unacknowledged) : http1::kAcknowledgmentUnknown;
  reader(tcp::opposite(side)).withdraw_body();  // what was announced has been answered
  Events events(*this, side, seen_monotime_ns);
  events.set_acknowledged(acknowledged);
  const http1::ReadOutcome outcome =
      reader(side).data(text_of(bytes), seen_monotime_ns, events, context_.store().scratch(), acknowledged);
  if (!context_.is_client(side)) tracker_.response_bytes(seen_monotime_ns);
  if (outcome != http1::ReadOutcome::kReading) return fail(outcome);
  settle(side);
}

void Http1Connection::head_found(tcp::Side side, http1::MessageKind kind) {
  searching_ = false;
  context_.set_client(kind == http1::MessageKind::kRequest ? side : tcp::opposite(side));
  set_kinds();
}

// As long as no head is confirmed, who asks is supposed only. True: it is the other one.
bool Http1Connection::turn_round(tcp::Side side, http1::MessageKind kind) {
  if (confirmed_) return false;
  tracker_.start_again();
  reader(tcp::opposite(side)).search(context_.store().scratch());
  head_found(side, kind);
  return true;
}

Recognition Http1Connection::recognition() const {
  if (searching_) return Recognition::kSearching;
  return confirmed_ ? Recognition::kRecognised : Recognition::kSupposed;
}

void Http1Connection::set_kinds() {
  reader(context_.client()).set_kind(http1::MessageKind::kRequest);
  reader(tcp::opposite(context_.client())).set_kind(http1::MessageKind::kResponse);
}

void Http1Connection::settle(tcp::Side side) {
  if (over_) return;
  if (tracker_.upgraded()) {
    // What follows is of another protocol, which `successor_` reads, or nobody.
    tracker_.close(End::kDetached, {});
    return stop();
  }
  if (tracker_.take_tunnel_refused()) leave_tunnel();
  // Of what may be no message nothing is passed over.
  if (searching_ || !head_confirmed_[static_cast<std::size_t>(side)]) return;
  const http1::MessageKind kind = kind_of(side);
  if (tracker_.wants_body(kind)) return;
  const std::uint64_t skippable = reader(side).take_skippable(kSkipThresholdBytes);
  if (skippable > 0) context_.control().skip(side, skippable);
}

// Bytes behind the head of a response that upgrades.
void Http1Connection::pass_on(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns) {
  if (over_ || context_.is_client(side) || !tracker_.upgraded()) return;
  if (ExchangeRecord* record = tracker_.take_upgraded()) successor_ = reader_after_upgrade(*record);
  if (successor_ && !bytes.empty()) successor_->data(side, octets_of(bytes), seen_ns, std::nullopt);
}

std::unique_ptr<ConnectionReader> Http1Connection::reader_after_upgrade(ExchangeRecord& record) {
  if (tracker_.upgrade() == Upgrade::kWebSocket) return std::make_unique<WebSocketConnection>(context_, record);
  const std::uint64_t request_rest =
      record.request.in_progress() ? reader(context_.client()).skippable_bytes() : std::uint64_t{0};
  return std::make_unique<Http2Connection>(context_, record, request_rest);
}

void Http1Connection::leave_tunnel() {
  http1::MessageReader& requests = reader(context_.client());
  requests.leave_tunnel();
  if (requests.searching()) tracker_.position_lost(http1::MessageKind::kRequest, only(Missing::kMalformed));
}

void Http1Connection::fail(http1::ReadOutcome outcome) {
  if (over_) return;
  tracker_.close(End::kDetached, only(missing_for(outcome)));
  // What reached a limit read like a head until then.
  const bool is_http = head_seen_ || outcome != http1::ReadOutcome::kMalformed;
  if (!is_http) context_.forget_client();
  // As long as nothing is certain, who searches for other protocols, too, tells that none was found.
  if (confirmed_) context_.tell_loss(is_http ? LossCause::kMalformed : LossCause::kNotHttp);
  stop();
}

void Http1Connection::stop() {
  over_ = true;
  for (http1::MessageReader& one : readers_) one.release(context_.store().scratch());
}

void Http1Connection::refresh(ExchangeRecord& record) {
  const http1::MessageReader& requests = reader(context_.client());
  const http1::MessageReader& responses = reader(tcp::opposite(context_.client()));
  if (&record == tracker_.current_request() && record.request.in_progress()) {
    record.request.body_bytes = requests.body_bytes();
    record.request.wire_bytes = requests.wire_bytes();
  }
  if (&record == tracker_.current_response() && record.response.in_progress()) {
    record.response.body_bytes = responses.body_bytes();
    record.response.wire_bytes = responses.wire_bytes();
  }
}

}  // namespace podwire::exchange
