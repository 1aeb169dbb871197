#include "exchange/connection.h"

#include <utility>

#include "exchange/client_hello_reader.h"
#include "exchange/gap_cause.h"
#include "exchange/http1_connection.h"
#include "exchange/http2_connection.h"
#include "exchange/octets.h"
#include "exchange/protocol_search.h"

namespace podwire::exchange {

Connection::Connection(ExchangeStore& store, const tcp::ConnectionInfo& info, tcp::ConnectionControl& control)
    : context_(store, info, control) {
  if (info.joined_late) reader_ = std::make_unique<ProtocolSearch>(context_, only(Missing::kJoinedLate));
}

Connection::~Connection() = default;

void Connection::data(tcp::Side side, std::span<const std::uint8_t> bytes, std::uint64_t seen_monotime_ns,
                      std::optional<std::uint32_t> unacknowledged) {
  if (bytes.empty() || ignored_) return;
  if (!reader_) return data_without_reader(side, text_of(bytes), seen_monotime_ns, unacknowledged);
  reader_->data(side, bytes, seen_monotime_ns, unacknowledged);
  settle();
}

void Connection::data_without_reader(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns,
                                     std::optional<std::uint32_t> unacknowledged) {
  if (wake()) return data(side, octets_of(bytes), seen_ns, unacknowledged);
  std::string first;
  if (first_bytes_) first = first_bytes_->sides[static_cast<std::size_t>(side)].bytes;
  first.append(bytes.substr(0, kMaxFirstBytes));
  const StreamContent content = detect_first_bytes(first);
  if (content == StreamContent::kUndecided) return hold(side, bytes, seen_ns);
  if (content == StreamContent::kOther) {
    context_.tell_loss(LossCause::kNotHttp);
    return ignore();
  }
  begin(side, content);
  pass_held(tcp::opposite(side));
  data(side, octets_of(bytes), seen_ns, unacknowledged);
}

void Connection::hold(tcp::Side side, std::string_view bytes, std::uint64_t seen_ns) {
  if (!first_bytes_) first_bytes_ = std::make_unique<FirstBytes>();
  FirstBytes::Piece& held = first_bytes_->sides[static_cast<std::size_t>(side)];
  if (held.bytes.empty()) held.seen_ns = seen_ns;
  held.bytes.append(bytes);
}

void Connection::pass_held(tcp::Side first) {
  if (!first_bytes_) return;
  const std::unique_ptr<FirstBytes> held = std::move(first_bytes_);
  for (const tcp::Side side : {first, tcp::opposite(first)}) {
    const FirstBytes::Piece& piece = held->sides[static_cast<std::size_t>(side)];
    if (!piece.bytes.empty()) data(side, octets_of(piece.bytes), piece.seen_ns, std::nullopt);
  }
}

void Connection::begin(tcp::Side side, StreamContent content) {
  const bool from_server = content == StreamContent::kResponses || content == StreamContent::kHttp2Settings;
  context_.set_client(from_server ? tcp::opposite(side) : side);
  switch (content) {
    case StreamContent::kTls:
      reader_ = std::make_unique<ClientHelloReader>(context_);
      break;
    case StreamContent::kHttp2:
    case StreamContent::kHttp2Settings:
      reader_ = std::make_unique<Http2Connection>(context_);
      break;
    case StreamContent::kRequests:
    case StreamContent::kResponses:
    case StreamContent::kUndecided:
    case StreamContent::kOther:
      reader_ = std::make_unique<Http1Connection>(context_);
      break;
  }
}

void Connection::gap(tcp::Side side, std::uint64_t bytes, tcp::GapCause cause, std::uint64_t seen_monotime_ns) {
  if (ignored_) return;
  const bool has_reader = reader_ || wake();
  if (cause == tcp::GapCause::kBodyLeftOut) {
    if (has_reader && reader_->body_left_out(side, bytes, seen_monotime_ns)) return settle();
    context_.control().refuse_left_out(side);
  }
  if (const auto loss = loss_for(cause)) context_.tell_loss(*loss);
  if (!has_reader) {
    reader_ = std::make_unique<ProtocolSearch>(context_, missing_for(cause));
    pass_held(side);
    if (ignored_) return;
  }
  reader_->gap(side, bytes, cause, seen_monotime_ns);
  settle();
}

void Connection::skipped(tcp::Side side, std::uint64_t bytes, std::uint64_t seen_monotime_ns) {
  if (!reader_ && !wake()) return;
  reader_->skipped(side, bytes, seen_monotime_ns);
  settle();
}

void Connection::end(tcp::Side side, tcp::StreamEnd how, std::uint64_t seen_monotime_ns) {
  if (!reader_ && !wake()) return;
  reader_->end(side, how, seen_monotime_ns);
  settle();
}

void Connection::close(tcp::CloseCause cause, std::uint64_t now_monotime_ns) {
  if (std::exchange(ignored_, true)) return;
  if (cause == tcp::CloseCause::kEvicted) context_.tell_loss(LossCause::kFlowEvicted);
  if (first_bytes_) context_.tell_loss(LossCause::kNotHttp);
  if (reader_) reader_->close(cause, now_monotime_ns);
}

bool Connection::rest() {
  if (!reader_) return !first_bytes_;  // it rests already, or nothing has come of it
  const std::optional<Http1Pause> pause = reader_->pause();
  if (!pause) return false;
  pause_ = *pause;
  rests_ = true;
  reader_.reset();
  return true;
}

// False: it had no reader before.
bool Connection::wake() {
  if (!std::exchange(rests_, false)) return false;
  reader_ = std::make_unique<Http1Connection>(context_, pause_);
  return true;
}

// Last in every call but rest().
void Connection::settle() {
  while (reader_->has_successor()) reader_ = reader_->take_successor();
  if (reader_->over()) ignore();
}

void Connection::ignore() {
  ignored_ = true;
  reader_.reset();
  first_bytes_.reset();
  context_.control().ignore();
}

}  // namespace podwire::exchange
