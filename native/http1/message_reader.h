// One direction of an HTTP/1 connection: bytes in, messages out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "http1/chunked_decoder.h"
#include "http1/message_events.h"
#include "http1/section_buffer.h"

namespace podwire::http1 {

enum class ReadOutcome : std::uint8_t {
  kReading,
  kMalformed,
  kHeadTooLarge,
  kTooManyFields,
  kMemoryFull,  // all readers together buffer too much
};

// How many bytes a gap has.
enum class GapSize : std::uint8_t {
  kExact,
  kMayCountFin,  // told by an acknowledgment: if nothing follows, the last one may be no byte but a FIN
};

enum class GapOutcome : std::uint8_t {
  kInsideBody,    // the position is still known, or a tunnel's
  kEndLost,       // the end of the message in progress is among the lost; the reader searches for the next head
  kPositionLost,  // bytes of other messages are; the reader searches for the next head
};

// Where a reader stands between two messages.
struct ReaderPause {
  MessageKind kind : 1 = MessageKind::kRequest;
  bool expecting : 1 = false;  // these as of MessageReader
  bool confirmed : 1 = true;
  bool borne_out : 1 = false;
  bool conversed : 1 = false;
  bool empty_line_cr : 1 = false;
};

// Usable across any split of the stream: but for HeadSeen and where a search believes a head, what is told does not
// depend on it. After an outcome other than kReading it stays failed. `release` must be
// called before the reader goes; an idle reader holds no buffer.
class MessageReader {
 public:
  // Without a kind, the first head that is found tells it.
  explicit MessageReader(std::optional<MessageKind> kind = std::nullopt) : kind_(kind) {}

  // Goes on from there, as the reader would whose pause() it is.
  explicit MessageReader(const ReaderPause& pause);
  // Nothing unless it stands between two messages, its kind is known, and it holds no buffer.
  [[nodiscard]] std::optional<ReaderPause> pause() const;

  [[nodiscard]] std::optional<MessageKind> kind() const { return kind_; }
  void set_kind(MessageKind kind) { kind_ = kind; }

  // `acknowledged`: how many bytes of the other direction the sender of `bytes` had acknowledged, in the caller's
  // count; for HeadSeen alone.
  ReadOutcome data(std::string_view bytes, std::uint64_t seen_ns, MessageEvents& events, ReaderScratch& scratch,
                   std::uint64_t acknowledged = kAcknowledgmentUnknown);

  // Body bytes that follow and need not be seen, all of one stretch (a body, a chunk) whose length is known.
  [[nodiscard]] std::uint64_t skippable_bytes() const;
  // skippable_bytes(), but once for each stretch and only when it is at least `threshold`; otherwise 0.
  [[nodiscard]] std::uint64_t take_skippable(std::uint64_t threshold);
  // `bytes` passed that were said to be skippable. More than that is a gap.
  void skip(std::uint64_t bytes, MessageEvents& events, ReaderScratch& scratch);
  // `bytes` were lost; 0 when their number is not known.
  GapOutcome gap(std::uint64_t bytes, MessageEvents& events, ReaderScratch& scratch,
                 GapSize size = GapSize::kMayCountFin);
  // The stream ended; `in_order`: by its sender's will, so that a body that reaches to the end is complete.
  void finish(bool in_order, MessageEvents& events, ReaderScratch& scratch);

  // Forgets the position and searches for the next head.
  void search(ReaderScratch& scratch);
  // Only while searching, or behind a message whose head was not confirmed: the next byte is supposed to begin a
  // message. If not, searches on and says so.
  void expect_head(ReaderScratch& scratch);
  // The other direction answered the last message, so that it was one and ended here. Only behind a message: a head
  // that stands here and begins a piece is confirmed.
  void bear_out() { borne_out_ = state_ == State::kStart; }
  // The other direction began a message since bytes of this one were lost, so that it is not a body alone that passes.
  void converse() { conversed_ = true; }
  // The other direction asked for the body of a request that was not seen (RFC 9110, section 15.2.1). While searching,
  // what comes is that body, until this is withdrawn.
  void announce_body() { body_announced_ = searching(); }
  void withdraw_body() { body_announced_ = false; }
  // The other direction shows that the message whose body is in progress is over or was none, unless its sender or
  // receiver does what few do. So when it is not confirmed, it ends, unseen, where a piece begins with a start line; a
  // response only at its next piece. False: there is no such message.
  bool doubt();
  // The other direction shows that the message has no body of those that its head may announce. Only where no byte of
  // one was seen: its end is told as unseen, and the next head is not confirmed.
  void lack_body(MessageEvents& events);
  // After the head of a CONNECT request that was not granted: messages go on.
  void leave_tunnel();

  [[nodiscard]] bool searching() const { return state_ == State::kSearch; }
  [[nodiscard]] bool in_message() const { return state_ != State::kStart && !searching() && state_ != State::kTunnel; }
  // Of the message in progress, as far as it passed; nullopt when not certain, as while the last of it is a gap that
  // may count a FIN.
  [[nodiscard]] std::optional<std::uint64_t> body_bytes() const;
  [[nodiscard]] std::optional<std::uint64_t> wire_bytes() const;

  // Gives buffers back.
  void release(ReaderScratch& scratch);

 private:
  enum class State : std::uint8_t {
    kStart,
    kHead,
    kLengthBody,
    kChunkedBody,
    kTrailers,
    kUntilCloseBody,
    kTunnel,
    kSearch,
    kFailed
  };
  struct Input;

  ReadOutcome read(Input& input);
  ReadOutcome step(Input& input);
  ReadOutcome begin_head(Input& input);
  ReadOutcome continue_head(Input& input);
  ReadOutcome search_head(Input& input);
  ReadOutcome take_head(const Head& head, HeadSeen seen, Input& input);
  void hold_head(const HeadParser& parser, std::span<const Field> fields, Input& input);
  ReadOutcome not_a_head(ReadOutcome outcome, Input& input);
  ReadOutcome pass_over(Input& input);
  void judge_doubt(Input& input);
  void seek(ReaderScratch& scratch);
  ReadOutcome search_again(std::string_view pending, std::uint64_t pending_ns, Input& input);
  ReadOutcome not_a_body(ReadOutcome outcome, Input& input);
  bool pass_empty_lines(Input& input);
  ReadOutcome decide_body(Input& input);
  void settle_undecided_body(MessageEvents& events, ReaderScratch& scratch);
  void read_length_body(Input& input);
  ReadOutcome read_chunked_body(Input& input);
  ReadOutcome begin_trailers(Input& input);
  ReadOutcome continue_trailers(Input& input);
  void take_trailers(std::string_view bytes, std::span<const Field> fields, MessageEvents& events);
  void tell_body(std::string_view data, MessageEvents& events);
  void count_body(std::uint64_t bytes);
  void end_message(MessageEndKind how, bool last_byte_seen, MessageEvents& events);
  // How long it is, is not known.
  void end_unseen(MessageEvents& events);
  // With as much of its head as was read.
  void cut_message(MessageEvents& events);
  // True: it begins a tunnel.
  bool tell_partial_head(MessageEvents& events);
  // The same.
  bool lose_message(MessageEvents& events);
  GapOutcome lose_undecided_body(MessageEvents& events, ReaderScratch& scratch);
  bool gap_inside_body(std::uint64_t bytes, GapSize size, MessageEvents& events);

  std::unique_ptr<SectionBuffer> buffer_;
  ChunkedDecoder decoder_;
  std::uint64_t remaining_ = 0;  // of a body with a length
  std::uint64_t body_bytes_ = 0;
  std::uint64_t wire_bytes_ = 0;
  std::optional<MessageKind> kind_;
  State state_ = State::kStart;
  bool body_bytes_known_ = true;
  bool wire_bytes_known_ = true;
  bool may_count_fin_ = false;  // the last body byte that was counted is such a gap's
  bool expecting_ = false;      // expect_head was called
  bool confirmed_ = true;       // see HeadSeen
  bool confirmable_ = false;    // the head in progress is confirmed once it is whole
  bool borne_out_ = false;      // bear_out was called
  bool conversed_ = false;      // converse was called
  bool body_announced_ = false;
  bool doubted_ = false;
  bool informational_ = false;  // the last head was a 1xx's
  bool may_lack_body_ = false;  // the response may answer HEAD: what its first body bytes are is not decided
  bool empty_line_cr_ = false;  // before a start line, the last byte was a CR
  bool skip_taken_ = false;
  bool tunnel_passed_ = false;  // bytes passed in kTunnel
};

}  // namespace podwire::http1
