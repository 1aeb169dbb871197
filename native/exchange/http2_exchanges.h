// Streams of one HTTP/2 connection -> exchanges. Of frames it knows nothing.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "exchange/connection_context.h"
#include "exchange/http2_head.h"
#include "exchange/http2_stream.h"
#include "exchange/loss_history.h"
#include "exchange/stream_ids.h"

namespace podwire::exchange {

// A header section as its frames told it.
struct Http2Section {
  std::uint32_t stream_id = 0;
  bool end_stream = false;
  std::uint64_t first_byte_ns = 0;
  std::uint64_t last_byte_ns = 0;
  std::uint64_t wire_bytes = 0;
  bool proven = true;  // false: where frames begin is supposed only
};

// Streams that were not seen from their beginning are met with in three cases: the connection was joined late, frames
// were lost, or the stream was given up before. In the first two a stream that is not known is taken on, with what can
// be known of it; `doubt` says why. Without doubt it is an error of the sender's, but for a response whose request may
// still wait for bytes that come before it.
class Http2Exchanges final : private ExchangeOwner {
 public:
  // `joined_late`: why the beginning of the connection is not known; empty: it is. `context` outlives it.
  Http2Exchanges(ConnectionContext& context, MissingSet joined_late);
  ~Http2Exchanges() override;
  Http2Exchanges(const Http2Exchanges&) = delete;
  Http2Exchanges& operator=(const Http2Exchanges&) = delete;

  // From here on streams may be met with that began unseen.
  void doubt(MissingSet cause) { doubt_.merge(cause); }
  // RFC 7540, section 3.2: a request of HTTP/1.1 that is stream 1. The record is its own from now on.
  void adopt(ExchangeRecord& record);

  void section(Http2Half half, const Http2Section& section, const Http2Head& head);
  // A header section whose fields cannot be known.
  void section_lost(Http2Half half, const Http2Section& section, MissingSet cause);
  // PUSH_PROMISE on stream `associated_id`: `section.stream_id` is the promised one.
  void promise(std::uint32_t associated_id, const Http2Section& section, const Http2Head& head);
  void promise_lost(const Http2Section& section, MissingSet cause);
  void data(Http2Half half, std::uint32_t stream_id, std::string_view bytes, std::uint64_t seen_ns);
  // `cause`: empty when the bytes were skipped as asked.
  void data_unseen(Http2Half half, std::uint32_t stream_id, std::uint64_t bytes, bool exact, MissingSet cause,
                   std::uint64_t seen_ns);
  void data_end(Http2Half half, std::uint32_t stream_id, std::uint64_t overhead_bytes, bool end_stream,
                std::uint64_t seen_ns);
  void reset(Http2Half by, std::uint32_t stream_id, std::uint32_t error_code);
  // An RST_STREAM on it was lost in part: the stream is over, why is not known.
  void reset_lost(std::uint32_t stream_id, MissingSet cause);
  // The server will not answer streams of the client's beyond `last_stream_id`.
  // A frame of it is malformed, and nothing else.
  void stream_error(std::uint32_t stream_id);
  void go_away(std::uint32_t last_stream_id);
  // Frames of this half may have passed unseen, on any stream. `refuted`: and what was told since the last loss may
  // have been none.
  void position_lost(Http2Half half, MissingSet cause, bool refuted);

  // After a loss, frames of this half passed unread until then: when where they begin was found again.
  void set_unread_until(Http2Half half, std::uint64_t found_ns) {
    unread_until_ns_[static_cast<std::size_t>(half)] = found_ns;
  }

  // So many bytes that follow on the stream need not be seen.
  [[nodiscard]] std::uint64_t skippable_bytes(Http2Half half, std::uint32_t stream_id);

  // Ends streams whose own end may have been lost, and that have been silent for kMaxDoubtfulStreamNs. To be called as
  // time passes.
  void give_up_silent(std::uint64_t now_ns);
  // Everything that is open ends so.
  void close(End how, MissingSet missing);

 private:
  enum class SectionPlace : std::uint8_t { kHead, kInformational, kTrailers, kUnknown };
  static constexpr std::size_t kMaxRemembered = 64;

  void refresh(ExchangeRecord& record) override;

  Http2Stream* find(std::uint32_t stream_id);
  Http2Stream* find_or_take_on(Http2Half half, std::uint32_t stream_id, std::uint64_t seen_ns);
  Http2Stream& open(std::uint32_t stream_id, std::uint64_t start_ns, bool proven);
  [[nodiscard]] bool is_used(std::uint32_t stream_id) const;
  [[nodiscard]] bool is_remembered(std::uint32_t stream_id) const;
  void refuse(std::uint32_t stream_id);
  void reckon_with_losses(Http2Stream& stream);
  void make_doubtful(Http2Half half, Http2Stream& stream, MissingSet cause);

  [[nodiscard]] bool opens_stream(std::uint32_t stream_id, bool request) const;
  Http2Stream& open_request(const Http2Section& section);
  Http2Stream* stream_of(Http2Half half, const Http2Section& section, const Http2Head& head);
  [[nodiscard]] static SectionPlace place_of(Http2Half half, Http2Stream& stream, const Http2Section& section,
                                             const Http2Head& head);
  void take_head(Http2Half half, Http2Stream& stream, const Http2Section& section, const Http2Head& head);
  void take_informational(Http2Stream& stream, const Http2Section& section, const Http2Head& head);
  void take_trailers(Http2Half half, Http2Stream& stream, const Http2Section& section, const Http2Head& head);
  static void lose_section(Http2Half half, Http2Stream& stream, MissingSet cause);
  static void count_messages(Http2Half half, ExchangeRecord& record);

  void end_half(Http2Half half, std::uint32_t stream_id, Http2Stream& stream, std::uint64_t seen_ns);
  static void sync(Http2Stream& stream);
  void finish(std::uint32_t stream_id, End how, MissingSet missing = {});
  void malformed(Http2Stream* stream);

  ConnectionContext& context_;
  ExchangeStore& store_;
  std::map<std::uint32_t, Http2Stream> streams_;  // by age, but for pushed ones
  std::array<LossHistory, 2> losses_;
  std::array<std::uint64_t, 2> unread_until_ns_{};
  StreamIds client_ids_;
  StreamIds server_ids_;
  std::vector<std::uint32_t> remembered_;  // streams that ended before their frames did, the latest ones
  std::uint32_t remembered_count_ = 0;     // of all that there were
  MissingSet doubt_;
  std::uint64_t give_up_due_ns_ = 0;
};

}  // namespace podwire::exchange
