// Heads: whole, in pieces, and searched for. Bodies are in message_body.cc, lost bytes in message_gap.cc.
#include "http1/message_reader.h"

#include <algorithm>
#include <utility>

#include "http1/message_reader_input.h"

namespace podwire::http1 {
namespace {

constexpr std::size_t kHeadPieceBytes = 4'096;  // buffered at once: a body behind a head is hardly ever copied

ReadOutcome failure(ParseOutcome outcome) {
  if (outcome == ParseOutcome::kHeadTooLarge) return ReadOutcome::kHeadTooLarge;
  return outcome == ParseOutcome::kTooManyFields ? ReadOutcome::kTooManyFields : ReadOutcome::kMalformed;
}

}  // namespace

ReadOutcome MessageReader::data(std::string_view bytes, std::uint64_t seen_ns, MessageEvents& events,
                                ReaderScratch& scratch) {
  Input input{.rest = bytes, .begin = bytes.data(), .seen_ns = seen_ns, .events = events, .scratch = scratch};
  while (!input.rest.empty()) {
    const ReadOutcome outcome = step(input);
    if (outcome == ReadOutcome::kReading) continue;
    state_ = State::kFailed;
    return outcome;
  }
  return ReadOutcome::kReading;
}

ReadOutcome MessageReader::step(Input& input) {
  if (may_lack_body_) {
    may_lack_body_ = false;
    if (is_next_response(input.rest)) {
      end_message(MessageEndKind::kComplete, true, input.events);
      return ReadOutcome::kReading;
    }
  }
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
      input.rest = {};
      return ReadOutcome::kReading;
    case State::kFailed:
      break;
  }
  return ReadOutcome::kMalformed;
}

ReadOutcome MessageReader::begin_head(Input& input) {
  const std::size_t empty_lines = std::min(input.rest.find_first_not_of("\r\n"), input.rest.size());
  const bool begins_cleanly = after_message_ || input.at_begin();
  input.rest.remove_prefix(empty_lines);
  if (input.rest.empty()) return ReadOutcome::kReading;

  HeadParser parser(kind_.value_or(MessageKind::kRequest));
  const std::span<Field> fields = input.scratch.fields();
  const ParseOutcome outcome = parser.parse(input.rest, fields);
  after_message_ = begins_cleanly;
  if (outcome == ParseOutcome::kComplete) {
    const std::string_view bytes = input.rest.substr(0, parser.end());
    input.rest.remove_prefix(bytes.size());
    const Head head{.bytes = bytes, .start = parser.start_line(), .fields = fields.first(parser.field_count())};
    return take_head(head, {.first_byte_ns = input.seen_ns, .begins_cleanly = begins_cleanly}, input);
  }
  if (outcome != ParseOutcome::kNeedMore) return not_a_head(failure(outcome), input);

  if (!buffer_) buffer_ = input.scratch.acquire();
  buffer_->bytes = std::exchange(input.rest, {});
  buffer_->head = parser;
  if (buffer_->fields.size() < parser.field_count()) buffer_->fields.resize(parser.field_count());
  std::copy_n(fields.begin(), parser.field_count(), buffer_->fields.begin());
  buffer_->first_byte_ns = input.seen_ns;
  state_ = State::kHead;
  return input.scratch.charge(*buffer_, buffer_->bytes.size()) ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
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
  const HeadParser& parser = buffer_->head;
  input.rest.remove_prefix(parser.end() - old_size);
  const Head head{.bytes = std::string_view(buffer_->bytes).substr(0, parser.end()),
                  .start = parser.start_line(),
                  .fields = std::span<const Field>(fields).first(parser.field_count())};
  const HeadSeen seen{.first_byte_ns = buffer_->first_byte_ns, .begins_cleanly = after_message_};
  std::unique_ptr<SectionBuffer> held = std::move(buffer_);
  const ReadOutcome taken = take_head(head, seen, input);
  input.scratch.release(std::move(held));
  return taken;
}

ReadOutcome MessageReader::search_head(Input& input) {
  if (!buffer_) buffer_ = input.scratch.acquire();
  const auto found = buffer_->search.add(input.rest, input.at_begin(), input.seen_ns, kind_, input.scratch.fields());
  if (!found) {
    const bool room = input.scratch.charge(*buffer_, buffer_->search.kept());
    return room ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
  }
  std::unique_ptr<SectionBuffer> held = std::move(buffer_);
  const HeadSeen seen{.first_byte_ns = found->first_byte_ns, .begins_cleanly = found->begins_piece};
  const ReadOutcome taken = take_head(found->head, seen, input);
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

  const bool request = head.start.kind == MessageKind::kRequest;
  const AnsweredMethod answered = request ? AnsweredMethod::kUnknown : input.events.answered_method();
  const std::optional<Framing> framing = request ? request_framing(head) : response_framing(head, answered);
  if (!framing) {
    input.events.head(head, Framing{.doubtful = true}, seen);
    return ReadOutcome::kMalformed;
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
      decoder_ = ChunkedDecoder();
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

// The bytes are no head. Where one was only supposed to begin, they are searched instead.
ReadOutcome MessageReader::not_a_head(ReadOutcome outcome, Input& input) {
  if (!expecting_) return outcome;
  expecting_ = false;
  input.events.expectation_failed();
  std::string pending;
  std::uint64_t pending_ns = input.seen_ns;
  if (state_ == State::kHead) {
    pending.swap(buffer_->bytes);
    pending_ns = buffer_->first_byte_ns;
  }
  search(input.scratch);
  return data(pending, pending_ns, input.events, input.scratch);
}

bool MessageReader::is_next_response(std::string_view rest) {
  return rest.size() >= kStatusLinePrefixBytes && could_begin_status_line(rest);
}

void MessageReader::search(ReaderScratch& scratch) {
  release(scratch);
  state_ = State::kSearch;
  expecting_ = false;
  after_message_ = false;
  may_lack_body_ = false;
}

void MessageReader::expect_head(ReaderScratch& scratch) {
  if (state_ != State::kSearch || !kind_) return;
  release(scratch);
  state_ = State::kStart;
  expecting_ = true;
}

void MessageReader::leave_tunnel() {
  if (state_ != State::kTunnel) return;
  state_ = tunnel_passed_ ? State::kSearch : State::kStart;
  after_message_ = !tunnel_passed_;
}

void MessageReader::release(ReaderScratch& scratch) {
  if (buffer_) scratch.release(std::move(buffer_));
}

}  // namespace podwire::http1
