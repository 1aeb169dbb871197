#include "exchange/http_connection.h"

#include <algorithm>
#include <utility>

#include "exchange/connection_events.h"
#include "exchange/protocol_detector.h"

namespace podwire::exchange {
namespace {

std::string_view text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

HttpConnection::HttpConnection(ExchangeStore& store, const tcp::ConnectionInfo& info, tcp::ConnectionControl& control)
    : store_(store), control_(control), info_(info), tracker_(info_, store, *this) {
  if (!info.joined_late) return;
  MissingSet cause;
  cause.add(Missing::kJoinedLate);
  search_both(cause);
}

HttpConnection::~HttpConnection() {
  tracker_.discard();
  for (http1::MessageReader& one : readers_) one.release(store_.scratch());
}

void HttpConnection::data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns) {
  switch (phase_) {
    case Phase::kFirstBytes:
      return decide_first_bytes(side, text(bytes), seen_monotime_ns);
    case Phase::kSearching:
      return search(side, text(bytes), seen_monotime_ns);
    case Phase::kReading:
      return read(side, text(bytes), seen_monotime_ns);
    case Phase::kIgnored:
      return;
  }
}

void HttpConnection::read(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns) {
  bytes_seen_[static_cast<std::size_t>(side)] = true;
  Events events(*this, side, seen_ns);
  const http1::ReadOutcome outcome = reader(side).data(bytes, seen_ns, events, store_.scratch());
  if (!is_client(side)) tracker_.response_bytes(seen_ns);
  if (outcome != http1::ReadOutcome::kReading) return fail();
  settle(side);
}

// Of the bytes from the beginning, fewer than kMaxFirstBytes are held until they are enough.
void HttpConnection::decide_first_bytes(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns) {
  if (bytes.empty()) return;
  std::string held;
  if (undetected_) held.swap(undetected_->first_bytes[static_cast<std::size_t>(side)]);
  std::string first = held;
  first.append(bytes.substr(0, kMaxFirstBytes));
  switch (detect_first_bytes(first)) {
    case StreamContent::kUndecided:
      if (!undetected_) undetected_ = std::make_unique<Undetected>();
      undetected_->first_bytes[static_cast<std::size_t>(side)] = std::move(first);
      return;
    case StreamContent::kRequests:
      head_found(side, http1::MessageKind::kRequest);
      break;
    case StreamContent::kResponses:
      head_found(side, http1::MessageKind::kResponse);
      break;
    case StreamContent::kHttp2:
      return ignore_as(LossCause::kHttp2Unread);
    case StreamContent::kTls:
      return ignore_as(LossCause::kTls);
    case StreamContent::kOther:
      return ignore_as(LossCause::kNotHttp);
  }
  const std::unique_ptr<Undetected> before = std::move(undetected_);
  if (before) {
    const tcp::Side other = tcp::opposite(side);
    const std::string& waiting = before->first_bytes[static_cast<std::size_t>(other)];
    if (!waiting.empty()) read(other, waiting, seen_ns);
  }
  if (!held.empty() && phase_ == Phase::kReading) read(side, held, seen_ns);
  if (phase_ == Phase::kReading) read(side, bytes, seen_ns);
}

void HttpConnection::search(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns) {
  const auto index = static_cast<std::size_t>(side);
  if (resembles_tls_records(bytes, !bytes_seen_[index])) return ignore_as(LossCause::kTls);
  if (!bytes_seen_[index] && detect_first_bytes(bytes) == StreamContent::kHttp2) {
    return ignore_as(LossCause::kHttp2Unread);
  }
  read(side, bytes, seen_ns);
  if (phase_ != Phase::kSearching) return;
  std::array<std::uint32_t, 2>& passed = undetected_->bytes;
  passed[index] += static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), kMaxUndetectedOneWayBytes));
  const bool both = std::min(passed[0], passed[1]) >= kMaxUndetectedBytes;
  if (both || std::max(passed[0], passed[1]) >= kMaxUndetectedOneWayBytes) ignore_as(LossCause::kNotHttp);
}

void HttpConnection::search_both(MissingSet cause) {
  phase_ = Phase::kSearching;
  undetected_ = std::make_unique<Undetected>();
  tracker_.join_late(cause);
  for (http1::MessageReader& one : readers_) one.search(store_.scratch());
}

// Which side is the client is for the content to say.
void HttpConnection::head_found(tcp::Side side, http1::MessageKind kind) {
  const bool request = kind == http1::MessageKind::kRequest;
  tracker_.set_client(request ? side : tcp::opposite(side));
  reader(side).set_kind(kind);
  reader(tcp::opposite(side)).set_kind(request ? http1::MessageKind::kResponse : http1::MessageKind::kRequest);
  phase_ = Phase::kReading;
}

void HttpConnection::settle(tcp::Side side) {
  if (phase_ == Phase::kIgnored) return;
  if (tracker_.upgraded()) {
    tracker_.close(End::kDetached, {});
    if (to_http2_) tell_loss(LossCause::kHttp2Unread);
    return ignore();
  }
  if (tracker_.take_tunnel_refused()) leave_tunnel();
  if (phase_ != Phase::kReading) return;
  const http1::MessageKind kind = is_client(side) ? http1::MessageKind::kRequest : http1::MessageKind::kResponse;
  if (tracker_.wants_body(kind)) return;
  const std::uint64_t skippable = reader(side).take_skippable(kSkipThresholdBytes);
  if (skippable > 0) control_.skip(side, skippable);
}

void HttpConnection::leave_tunnel() {
  http1::MessageReader& requests = reader(tracker_.client());
  requests.leave_tunnel();
  if (requests.searching()) tracker_.position_lost(http1::MessageKind::kRequest, {});
}

void HttpConnection::fail() {
  if (phase_ == Phase::kIgnored) return;
  if (!head_seen_) return ignore_as(LossCause::kNotHttp);
  MissingSet malformed;
  malformed.add(Missing::kMalformed);
  tracker_.close(End::kDetached, malformed);
  ignore_as(LossCause::kMalformed);
}

void HttpConnection::ignore_as(LossCause cause) {
  tell_loss(cause);
  ignore();
}

// Last in every call: nothing of this connection is touched after it.
void HttpConnection::ignore() {
  phase_ = Phase::kIgnored;
  undetected_.reset();
  for (http1::MessageReader& one : readers_) one.release(store_.scratch());
  control_.ignore();
}

void HttpConnection::tell_loss(LossCause cause) { store_.sink().loss(info_.attachment_id, cause, server()); }

// Unless the content told it: the responder, and when no SYN was seen the side with the lower port.
tcp::Endpoint HttpConnection::server() const {
  if (head_seen_) return is_client(tcp::Side::kInitiator) ? info_.responder : info_.initiator;
  if (info_.joined_late && info_.initiator.port < info_.responder.port) return info_.initiator;
  return info_.responder;
}

void HttpConnection::refresh(ExchangeRecord& record) {
  const http1::MessageReader& requests = reader(tracker_.client());
  const http1::MessageReader& responses = reader(tcp::opposite(tracker_.client()));
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
