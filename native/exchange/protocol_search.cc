#include "exchange/protocol_search.h"

#include <algorithm>
#include <utility>

#include "exchange/http1_connection.h"
#include "exchange/http2_connection.h"
#include "exchange/octets.h"
#include "exchange/protocol_detector.h"

namespace podwire::exchange {
namespace {

bool is_found(const ConnectionReader& one) { return !one.over() && one.recognition() != Recognition::kSearching; }

}  // namespace

ProtocolSearch::ProtocolSearch(ConnectionContext& context, MissingSet joined_late)
    : context_(context),
      http1_(std::make_unique<Http1Connection>(context, joined_late)),
      http2_(std::make_unique<Http2Connection>(context, joined_late)) {}

void ProtocolSearch::data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
                          std::optional<std::uint32_t> unacknowledged) {
  const auto index = static_cast<std::size_t>(side);
  const bool first_piece = !std::exchange(bytes_seen_[index], true);
  if (nothing_found() && resembles_tls_records(text_of(bytes), first_piece)) return give_up(LossCause::kTls);
  http2_->data(side, bytes, seen_monotime_ns, unacknowledged);
  if (http2_->recognition() != Recognition::kRecognised) {
    http1_->data(side, bytes, seen_monotime_ns, unacknowledged);
  }
  passed_[index] += static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), kMaxUndetectedOneWayBytes));
  settle();
}

void ProtocolSearch::settle() {
  if (http2_->recognition() == Recognition::kRecognised) {
    successor_ = std::move(http2_);
  } else if (http1_->has_successor()) {
    successor_ = http1_->take_successor();
  } else if (http1_->recognition() == Recognition::kRecognised) {
    successor_ = std::move(http1_);
  } else if (nothing_found() && searched_enough()) {
    give_up(LossCause::kUnrecognised);
  }
}

bool ProtocolSearch::nothing_found() const { return !is_found(*http1_) && !is_found(*http2_); }

// Exchanges of HTTP/2 are told when it is known who asks.
bool ProtocolSearch::nothing_told() const {
  return !is_found(*http1_) && http2_->recognition() != Recognition::kRecognised;
}

bool ProtocolSearch::searched_enough() const {
  const bool none_goes_on = http1_->over() && http2_->over();
  return none_goes_on || std::min(passed_[0], passed_[1]) >= kMaxUndetectedBytes ||
         std::max(passed_[0], passed_[1]) >= kMaxUndetectedOneWayBytes;
}

void ProtocolSearch::gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) {
  // Why the search began is known.
  if (cause == tcp::GapCause::kJoinedLate && bytes == 0 && !bytes_seen_[static_cast<std::size_t>(side)]) return;
  http1_->gap(side, bytes, cause, seen_monotime_ns);
  http2_->gap(side, bytes, cause, seen_monotime_ns);
  settle();
}

bool ProtocolSearch::body_left_out(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
  if (!http1_->body_left_out(side, bytes, seen_monotime_ns)) return false;
  http2_->gap(side, bytes, tcp::GapCause::kBodyLeftOut, seen_monotime_ns);
  settle();
  return true;
}

// None was asked for.
void ProtocolSearch::skipped(tcp::Side, std::uint64_t, std::uint64_t) {}

void ProtocolSearch::end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) {
  http1_->end(side, how, seen_monotime_ns);
  http2_->end(side, how, seen_monotime_ns);
}

void ProtocolSearch::close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) {
  const bool unrecognised = nothing_told() && (bytes_seen_[0] || bytes_seen_[1]);
  if (!over_ && unrecognised && cause != tcp::CloseCause::kEvicted) context_.tell_loss(LossCause::kUnrecognised);
  http1_->close(cause, now_monotime_ns);
  http2_->close(cause, now_monotime_ns);
}

void ProtocolSearch::give_up(LossCause cause) {
  over_ = true;
  context_.tell_loss(cause);
}

}  // namespace podwire::exchange
