// Heads. Bodies are in message_body.cc, lost bytes in message_gap.cc, the search in message_resync.cc.
#include "http1/message_reader.h"

#include <algorithm>
#include <utility>

#include "http1/message_reader_input.h"

namespace podwire::http1 {
namespace {

constexpr std::size_t kHeadPieceBytes = 4'096;  // buffered at once: a body behind a head is hardly ever copied

}  // namespace

MessageReader::MessageReader(const ReaderPause& pause)
    : kind_(pause.kind),
      expecting_(pause.expecting),
      confirmed_(pause.confirmed),
      borne_out_(pause.borne_out),
      conversed_(pause.conversed),
      empty_line_cr_(pause.empty_line_cr) {}

// All else is of a message, and begins with its head.
std::optional<ReaderPause> MessageReader::pause() const {
  if (state_ != State::kStart || may_lack_body_ || buffer_ || !kind_) return std::nullopt;
  return ReaderPause{.kind = *kind_,
                     .expecting = expecting_,
                     .confirmed = confirmed_,
                     .borne_out = borne_out_,
                     .conversed = conversed_,
                     .empty_line_cr = empty_line_cr_};
}

ReadOutcome MessageReader::data(std::string_view bytes, std::uint64_t seen_ns, MessageEvents& events,
                                ReaderScratch& scratch, std::uint64_t acknowledged) {
  Input input{.rest = bytes,
              .begin = bytes.data(),
              .seen_ns = seen_ns,
              .acknowledged = acknowledged,
              .events = events,
              .scratch = scratch};
  if (doubted_) judge_doubt(input);
  return read(input);
}

ReadOutcome MessageReader::read(Input& input) {
  while (!input.rest.empty()) {
    const ReadOutcome outcome = step(input);
    if (outcome == ReadOutcome::kReading) continue;
    state_ = State::kFailed;
    return outcome;
  }
  return ReadOutcome::kReading;
}

ReadOutcome MessageReader::step(Input& input) {
  if (may_lack_body_) return decide_body(input);
  switch (state_) {
    case State::kStart:
      return begin_head(input);
    case State::kHead:
      return continue_head(input);
    case State::kLengthBody:
      read_length_body(input);
      return ReadOutcome::kReading;
    case State::kChunkedBody:
      return read_chunked_body(input);
    case State::kTrailers:
      return buffer_ ? continue_trailers(input) : begin_trailers(input);
    case State::kUntilCloseBody:
      tell_body(std::exchange(input.rest, {}), input.events);
      return ReadOutcome::kReading;
    case State::kSearch:
      return search_head(input);
    case State::kTunnel:
      tunnel_passed_ = true;
      input.events.tunnel(std::exchange(input.rest, {}));
      return ReadOutcome::kReading;
    case State::kFailed:
      break;
  }
  return ReadOutcome::kMalformed;
}

// RFC 9112, section 2.2. False: a CR stands alone.
bool MessageReader::pass_empty_lines(Input& input) {
  while (!input.rest.empty()) {
    const char next = input.rest.front();
    if (empty_line_cr_ && next != '\n') return false;
    if (next != '\n' && next != '\r') break;
    empty_line_cr_ = next == '\r';
    input.rest.remove_prefix(1);
  }
  return true;
}

ReadOutcome MessageReader::begin_head(Input& input) {
  const bool begins_piece = input.at_begin();
  if (!pass_empty_lines(input)) {
    empty_line_cr_ = false;
    return not_a_head(ReadOutcome::kMalformed, input);
  }
  if (input.rest.empty()) return ReadOutcome::kReading;

  HeadParser parser(kind_.value_or(MessageKind::kRequest));
  const std::span<Field> fields = input.scratch.fields();
  const ParseOutcome outcome = parser.parse(input.rest, fields);
  confirmable_ = expecting_ || (std::exchange(borne_out_, false) && begins_piece);
  if (outcome != ParseOutcome::kComplete && outcome != ParseOutcome::kNeedMore) {
    if (confirmed_ && !expecting_) hold_head(parser, fields, input);  // what was read of it is told
    return not_a_head(failure(outcome), input);
  }
  const bool follows = confirmed_ || confirmable_ || conversed_ || informational_;
  if (!begins_piece && !follows) return pass_over(input);
  if (outcome == ParseOutcome::kComplete) {
    confirmed_ = confirmed_ || confirmable_;
    const std::string_view bytes = input.rest.substr(0, parser.end());
    input.rest.remove_prefix(bytes.size());
    const Head head{.bytes = bytes, .start = parser.start_line(), .fields = fields.first(parser.field_count())};
    const HeadSeen seen{.first_byte_ns = input.seen_ns,
                        .acknowledged = input.acknowledged,
                        .bytes_behind = input.bytes_behind(),
                        .confirmed = confirmed_};
    return take_head(head, seen, input);
  }

  hold_head(parser, fields, input);
  return input.scratch.charge(*buffer_, buffer_->bytes.size()) ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
}

void MessageReader::hold_head(const HeadParser& parser, std::span<const Field> fields, Input& input) {
  if (!buffer_) buffer_ = input.scratch.acquire();
  buffer_->bytes = std::exchange(input.rest, {});
  buffer_->head = parser;
  if (buffer_->fields.size() < parser.field_count()) buffer_->fields.resize(parser.field_count());
  std::copy_n(fields.begin(), parser.field_count(), buffer_->fields.begin());
  buffer_->first_byte_ns = input.seen_ns;
  buffer_->first_byte_acknowledged = input.acknowledged;
  state_ = State::kHead;
}

ReadOutcome MessageReader::continue_head(Input& input) {
  const std::size_t old_size = buffer_->bytes.size();
  const std::string_view piece = input.rest.substr(0, kHeadPieceBytes);
  buffer_->bytes.append(piece);
  std::vector<Field>& fields = buffer_->fields;
  ParseOutcome outcome = buffer_->head.parse(buffer_->bytes, fields);
  while (outcome == ParseOutcome::kTooManyFields && fields.size() < kMaxFields) {
    fields.resize(std::min(fields.size() * 2, kMaxFields));
    outcome = buffer_->head.parse(buffer_->bytes, fields);
  }
  if (outcome == ParseOutcome::kNeedMore) {
    input.rest.remove_prefix(piece.size());
    const bool room = input.scratch.charge(*buffer_, buffer_->bytes.size());
    return room ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
  }
  if (outcome != ParseOutcome::kComplete) {
    input.rest.remove_prefix(piece.size());
    return not_a_head(failure(outcome), input);
  }
  confirmed_ = confirmed_ || confirmable_;
  const HeadParser& parser = buffer_->head;
  input.rest.remove_prefix(parser.end() - old_size);
  const Head head{.bytes = std::string_view(buffer_->bytes).substr(0, parser.end()),
                  .start = parser.start_line(),
                  .fields = std::span<const Field>(fields).first(parser.field_count())};
  const HeadSeen seen{.first_byte_ns = buffer_->first_byte_ns,
                      .acknowledged = buffer_->first_byte_acknowledged,
                      .bytes_behind = input.bytes_behind(),
                      .confirmed = confirmed_};
  std::unique_ptr<SectionBuffer> held = std::move(buffer_);
  const ReadOutcome taken = take_head(head, seen, input);
  input.scratch.release(std::move(held));
  return taken;
}

ReadOutcome MessageReader::take_head(const Head& head, HeadSeen seen, Input& input) {
  kind_ = head.start.kind;
  expecting_ = false;
  skip_taken_ = false;
  body_bytes_ = 0;
  wire_bytes_ = head.bytes.size();
  body_bytes_known_ = true;
  wire_bytes_known_ = true;
  may_count_fin_ = false;
  informational_ = head.start.kind == MessageKind::kResponse && head.start.status < 200 && head.start.status != 101;

  const bool request = head.start.kind == MessageKind::kRequest;
  const AnsweredMethod answered = request ? AnsweredMethod::kUnknown : input.events.answered_method(seen);
  const std::optional<Framing> framing = request ? request_framing(head) : response_framing(head, answered);
  if (!framing) {
    state_ = State::kUntilCloseBody;  // for the moment of the event
    input.events.head(head, Framing{.doubtful = true}, seen);
    return not_a_body(ReadOutcome::kMalformed, input);
  }
  const BodyKind body = framing->body;
  switch (body) {
    case BodyKind::kNone:
    case BodyKind::kTunnel:
      state_ = State::kUntilCloseBody;  // for the moment of the two events
      break;
    case BodyKind::kLength:
      state_ = State::kLengthBody;
      remaining_ = framing->length;
      break;
    case BodyKind::kChunked:
      state_ = State::kChunkedBody;
      break;
    case BodyKind::kUntilClose:
      state_ = State::kUntilCloseBody;
      break;
  }
  input.events.head(head, *framing, seen);
  if (body == BodyKind::kNone || body == BodyKind::kTunnel) {
    end_message(MessageEndKind::kComplete, true, input.events);
    if (body == BodyKind::kTunnel) state_ = State::kTunnel;
    tunnel_passed_ = false;
  } else {
    may_lack_body_ = !request && answered == AnsweredMethod::kUnknown;
  }
  return ReadOutcome::kReading;
}

void MessageReader::leave_tunnel() {
  if (state_ != State::kTunnel) return;
  state_ = tunnel_passed_ ? State::kSearch : State::kStart;
  confirmed_ = confirmed_ && !tunnel_passed_;
}

void MessageReader::release(ReaderScratch& scratch) {
  if (buffer_) scratch.release(std::move(buffer_));
}

}  // namespace podwire::http1
