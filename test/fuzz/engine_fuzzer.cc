// The whole engine: segments of two connections through the flow table into exchanges, with losses of every kind.
#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine_conversation.h"
#include "exchange/exchange_engine.h"
#include "exchange_words.h"
#include "fuzz_input.h"
#include "property.h"
#include "tcp/flow_table.h"

namespace podwire::fuzz {
namespace {

enum class Cut : std::uint8_t { kWhole, kInTwo, kByByte };  // of the bytes of a piece
enum class Silence : std::uint8_t { kRests, kStaysAwake };  // of a connection
// Of a piece that is cut, half is captured; the source may say that it left out a body, or show it after all.
enum class Rest : std::uint8_t { kNotCaptured, kLeftOut, kShown };

class Run final : public exchange::ExchangeSink, public exchange::CaptureNeeds, public tcp::SourceControl {
 public:
  Run(const Conversation& conversation, Cut cut, Silence silence = Silence::kRests, Rest rest = Rest::kNotCaptured)
      : conversation_(conversation),
        cut_(cut),
        rest_(rest),
        engine_(limits(conversation), *this, *this, 0),
        table_(flow_limits(silence), engine_, *this) {
    if (conversation.handshake) shake_hands();
    for (const Piece& piece : conversation.pieces) {
      if (piece.late) now_ns_ += tcp::kNsPerSecond + 1;
      now_ns_ += tcp::kNsPerMs;
      pass(piece);
      table_.advance(now_ns_);
      engine_.advance(now_ns_);
      check_bounds();
    }
    std::size_t visited = 0;
    engine_.for_each_open(kAttachment, [&visited](const exchange::ExchangeView& view) {
      require(view.end == exchange::End::kDetached, "an open exchange is shown as detached");
      ++visited;
    });
    require(visited == engine_.open_exchanges(), "each open exchange is visited");
    table_.close_all(now_ns_ + tcp::kNsPerSecond);
    require(engine_.open_exchanges() == 0, "no exchange is open after its connection");
    require(engine_.stored_bytes() == 0, "nothing is stored after the last connection");
    require(engine_.incomplete_bytes() == 0, "no half of a head is kept after the last connection");
    require(std::includes(ended_.begin(), ended_.end(), announced_.begin(), announced_.end()),
            "what was announced ends");
  }

  void exchange(const exchange::ExchangeView& view) override {
    require(!ended_.contains(view.id), "an exchange ends once");
    require(view.request != nullptr || view.response != nullptr || !view.informational.empty() || view.stream,
            "an exchange is seen by a head, or by a frame of its stream");
    require(view.announced == announced_.contains(view.id), "announced is what was told before");
    const bool open = view.end == exchange::End::kOpen;
    if (open) require(announced_.insert(view.id).second, "an exchange is announced once");
    if (!open) ended_.insert(view.id);
    require(!view.duration_nanos || !view.first_response_byte_nanos ||
                *view.first_response_byte_nanos <= *view.duration_nanos || open,
            "the first byte of a response is not after its last");
    if (view.request != nullptr) check_message(view.request->headers, view.request->body, view.request->messages);
    if (view.response != nullptr) check_message(view.response->headers, view.response->body, view.response->messages);
    malformed = malformed || view.missing.has(exchange::Missing::kMalformed);
    unasked = unasked || view.missing.has(exchange::Missing::kNoRequest);
    searched = searched || view.missing.has(exchange::Missing::kJoinedLate);
    text += words_of(view);
  }
  void loss(std::uint32_t attachment_id, exchange::LossCause cause, const tcp::Endpoint&,
            const exchange::TlsNames& names) override {
    require(attachment_id == kAttachment, "a loss is of an attachment");
    malformed = malformed || cause == exchange::LossCause::kMalformed;
    searched = searched || cause == exchange::LossCause::kNotHttp;
    not_http = not_http || cause == exchange::LossCause::kTls || cause == exchange::LossCause::kNotHttp;
    not_captured = not_captured || cause == exchange::LossCause::kSegmentNotCaptured;
    text += "loss " + std::to_string(static_cast<int>(cause)) + ' ' + std::string(names.server_name) + '\n';
  }
  std::uint32_t body_bytes(std::uint32_t) override { return conversation_.body_bytes; }
  void skip(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&, std::uint32_t, std::uint32_t) override {}
  void ignore(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  void forget(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}

  [[nodiscard]] bool given_up() const { return malformed || not_http; }

  std::string text;
  bool malformed = false;     // a connection was given up
  bool not_http = false;      // a connection was given up: what it carries is something else
  bool not_captured = false;  // what was left out was no body that nobody wants
  bool searched = false;      // HTTP is looked for behind what is none: found by where segments begin
  bool unasked = false;       // a response to no request, whose body may be the next response: that is searched

 private:
  static constexpr std::uint32_t kAttachment = 7;
  static constexpr std::array<std::uint32_t, 2> kFirst{0xffff'fff0U, 1'000};  // one wraps early

  static exchange::ExchangeLimits limits(const Conversation& conversation) {
    exchange::ExchangeLimits limits;
    if (conversation.scarce) {
      limits.max_stored_bytes = 512;
      limits.max_incomplete_bytes = 256;
      limits.max_table_bytes = 256;
      limits.max_pipelined = 3;
      limits.max_streams = 3;
    }
    return limits;
  }
  static tcp::FlowLimits flow_limits(Silence silence) {
    tcp::FlowLimits limits;
    if (silence == Silence::kStaysAwake) limits.rest_ns = limits.idle_ns;
    return limits;
  }
  static tcp::Endpoint endpoint(std::uint8_t last_octet, std::uint16_t port) {
    tcp::Endpoint made;
    made.address.bytes = {198, 18, 0, last_octet};
    made.port = port;
    return made;
  }

  [[nodiscard]] tcp::Segment segment_of(std::size_t connection, bool from_server) const {
    tcp::Segment segment;
    segment.seen_monotime_ns = now_ns_;
    segment.attachment_id = kAttachment;
    const tcp::Endpoint client = endpoint(1, static_cast<std::uint16_t>(40'000 + connection));
    const tcp::Endpoint server = endpoint(2, 80);
    segment.source = from_server ? server : client;
    segment.destination = from_server ? client : server;
    segment.hook = from_server ? tcp::Hook::kIngress : tcp::Hook::kEgress;
    segment.sequence = kFirst[from_server ? 1 : 0] + sent_[connection][from_server ? 1 : 0];
    return segment;
  }

  void shake_hands() {
    for (std::size_t connection = 0; connection < 2; ++connection) {
      for (const bool from_server : {false, true}) {
        tcp::Segment segment = segment_of(connection, from_server);
        segment.sequence -= 1;
        segment.flags.syn = true;
        segment.flags.ack = from_server;
        if (from_server) segment.acknowledgment = kFirst[0];
        table_.segment(segment);
      }
    }
  }

  void send(const Piece& piece, std::string_view bytes, std::size_t offset, std::size_t captured) {
    tcp::Segment segment = segment_of(piece.connection, piece.from_server);
    segment.sequence += static_cast<std::uint32_t>(offset);
    if (piece.acknowledges) {
      segment.flags.ack = true;
      const std::array<std::uint32_t, 2>& received =
          piece.unread ? before_latest_[piece.connection] : sent_[piece.connection];
      segment.acknowledgment = kFirst[piece.from_server ? 0 : 1] + received[piece.from_server ? 0 : 1];
    }
    // Of its own exact size, so that a read beyond it is seen.
    const std::vector<std::uint8_t> payload(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(captured));
    segment.payload = payload;
    segment.payload_bytes = static_cast<std::uint32_t>(bytes.size());
    if (rest_ == Rest::kLeftOut) segment.left_out_bytes = static_cast<std::uint32_t>(bytes.size() - captured);
    table_.segment(segment);
  }

  void send_range(const Piece& piece, std::size_t begin, std::size_t end) {
    while (begin < end) {
      std::size_t size = end - begin;
      if (cut_ == Cut::kInTwo) size = (size + 1) / 2;
      if (cut_ == Cut::kByByte) size = 1;
      send(piece, std::string_view(piece.bytes).substr(begin, size), begin, size);
      begin += size;
      if (cut_ == Cut::kInTwo && begin < end) {
        send(piece, std::string_view(piece.bytes).substr(begin, end - begin), begin, end - begin);
        begin = end;
      }
    }
  }

  void pass(const Piece& piece) {
    const std::size_t size = piece.bytes.size();
    switch (piece.passage) {
      case Passage::kLost:
        break;
      case Passage::kSwapped:
        send_range(piece, size / 2, size);
        send_range(piece, 0, size / 2);
        break;
      case Passage::kTwice:
        send_range(piece, 0, size);
        send_range(piece, 0, size);
        break;
      case Passage::kCut:
        if (size > 0) send(piece, piece.bytes, 0, rest_ == Rest::kShown ? size : size / 2);
        break;
      case Passage::kWhole:
        send_range(piece, 0, size);
        break;
    }
    std::uint32_t& sent = sent_[piece.connection][piece.from_server ? 1 : 0];
    before_latest_[piece.connection][piece.from_server ? 1 : 0] = sent;
    sent += static_cast<std::uint32_t>(size);
    if (!piece.fin) return;
    tcp::Segment fin = segment_of(piece.connection, piece.from_server);
    fin.flags.fin = true;
    table_.segment(fin);
  }

  void check_bounds() {
    if (!conversation_.scarce) return;
    // Heads and frames have the bound each.
    require(engine_.incomplete_bytes() <= 2 * limits(conversation_).max_incomplete_bytes,
            "halves of heads and frames keep to their bounds");
    require(engine_.stored_bytes() <=
                limits(conversation_).max_stored_bytes + engine_.open_exchanges() * exchange::kMaxBareStartLineBytes,
            "what is stored keeps to its bound");
  }

  void check_message(std::span<const exchange::HeaderField> headers, const exchange::Body& body,
                     const exchange::MessagesView* messages) const {
    require(body.content.size() <= conversation_.body_bytes, "no more of a body is kept than wanted");
    for (const exchange::HeaderField& field : headers) {
      require(field.known || field.value.empty(), "an unknown value is empty");
    }
    if (messages == nullptr) return;
    for (const exchange::MessageCount& count : messages->counts) {
      require(count.compressed <= count.count, "no more messages are compressed than there are");
    }
  }

  const Conversation& conversation_;
  Cut cut_;
  Rest rest_;
  std::uint64_t now_ns_ = tcp::kNsPerSecond;
  std::array<std::array<std::uint32_t, 2>, 2> sent_{};           // by connection and side
  std::array<std::array<std::uint32_t, 2>, 2> before_latest_{};  // the same, without the last piece
  std::set<std::uint64_t> announced_;
  std::set<std::uint64_t> ended_;
  exchange::ExchangeEngine engine_;
  tcp::FlowTable table_;
};

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const Conversation conversation(input);
  const Run whole(conversation, Cut::kWhole);
  require_same(whole.text, Run(conversation, Cut::kWhole).text, "two runs tell the same");
  require_same(whole.text, Run(conversation, Cut::kWhole, Silence::kStaysAwake).text, "rest changes nothing");
  const Run left_out(conversation, Cut::kWhole, Silence::kRests, Rest::kLeftOut);
  const Run shown(conversation, Cut::kWhole, Silence::kRests, Rest::kShown);
  // What a connection is given up for depends on where the segment ends.
  if (!left_out.not_captured && !left_out.given_up() && !shown.given_up()) {
    require_same(left_out.text, shown.text, "a body that is left out changes nothing");
  }
  // What is found again after a loss depends on where segments begin; what comes at once needs no memory; and how much
  // is counted of a connection that is given up depends on where the segment ends.
  if (!conversation.handshake || !conversation.undamaged || conversation.scarce) return 0;
  if (whole.malformed || whole.searched || whole.unasked) return 0;
  require_same(whole.text, Run(conversation, Cut::kInTwo).text, "segments in two change nothing");
  require_same(whole.text, Run(conversation, Cut::kByByte).text, "segments of a byte change nothing");
  return 0;
}
