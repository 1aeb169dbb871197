// MessageReader: bodies and trailer sections.
#include <algorithm>
#include <string>
#include <utility>

#include "http1/message_reader_input.h"

namespace podwire::http1 {

// A response to a request that is not known, whose head announces a body: to HEAD it has none, and then the next bytes
// are the next response. They are held until they are enough to tell. A body may begin with a status line, too: so
// where one stands, the message's end is not known. But of chunks none does: RFC 9112, section 7.1.
ReadOutcome MessageReader::decide_body(Input& input) {
  std::string pending;
  if (buffer_) pending.swap(buffer_->bytes);
  const std::uint64_t pending_ns = buffer_ ? buffer_->first_byte_ns : input.seen_ns;
  const std::size_t wanted = std::min(kStatusLinePrefixBytes - pending.size(), input.rest.size());
  pending.append(input.rest.substr(0, wanted));
  const bool next_response = resembles_status_line(pending);
  if (next_response && pending.size() < kStatusLinePrefixBytes) {
    input.rest.remove_prefix(wanted);
    if (!buffer_) {
      buffer_ = input.scratch.acquire();
      buffer_->first_byte_ns = pending_ns;
    }
    buffer_->bytes = std::move(pending);
    const bool room = input.scratch.charge(*buffer_, buffer_->bytes.size());
    return room ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
  }
  may_lack_body_ = false;
  if (next_response) {
    const bool certain = state_ == State::kChunkedBody;
    end_unseen(input.events);
    if (!certain) return pass_over(input);
  }
  if (!buffer_) return ReadOutcome::kReading;  // nothing was held
  release(input.scratch);
  input.rest.remove_prefix(wanted);
  return data(pending, pending_ns, input.events, input.scratch);
}

// No more bytes come to tell: those that are held are of the body.
void MessageReader::settle_undecided_body(MessageEvents& events, ReaderScratch& scratch) {
  if (!std::exchange(may_lack_body_, false) || !buffer_) return;
  const std::string held = std::exchange(buffer_->bytes, {});
  const std::uint64_t held_ns = buffer_->first_byte_ns;
  release(scratch);
  static_cast<void>(data(held, held_ns, events, scratch));  // a failure is kept in the state
}

void MessageReader::read_length_body(Input& input) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.rest.size()));
  const std::string_view data = input.rest.substr(0, size);
  input.rest.remove_prefix(size);
  remaining_ -= size;
  tell_body(data, input.events);
  if (remaining_ == 0) end_message(MessageEndKind::kComplete, true, input.events);
}

ReadOutcome MessageReader::read_chunked_body(Input& input) {
  const ChunkStep step = decoder_.next(input.rest);
  if (step.outcome == ChunkOutcome::kMalformed) return not_a_body(ReadOutcome::kMalformed, input);
  input.rest.remove_prefix(step.consumed);
  wire_bytes_ += step.consumed - step.data.size();
  if (step.consumed > 0) may_count_fin_ = false;
  if (!step.data.empty()) tell_body(step.data, input.events);
  if (decoder_.chunk_remaining() == 0) skip_taken_ = false;
  if (step.outcome == ChunkOutcome::kComplete) state_ = State::kTrailers;
  return ReadOutcome::kReading;
}

ReadOutcome MessageReader::begin_trailers(Input& input) {
  FieldSection section(kind_ == MessageKind::kRequest ? SpaceBeforeColon::kMalformed : SpaceBeforeColon::kRemoved);
  const std::span<Field> fields = input.scratch.fields();
  const ParseOutcome outcome = section.parse(input.rest, fields);
  if (outcome == ParseOutcome::kComplete) {
    const std::string_view bytes = input.rest.substr(0, section.end());
    input.rest.remove_prefix(bytes.size());
    take_trailers(bytes, fields.first(section.count()), input.events);
    return ReadOutcome::kReading;
  }
  if (outcome != ParseOutcome::kNeedMore) return not_a_body(failure(outcome), input);
  buffer_ = input.scratch.acquire();
  buffer_->bytes = std::exchange(input.rest, {});
  buffer_->trailers = section;
  if (buffer_->fields.size() < section.count()) buffer_->fields.resize(section.count());
  std::copy_n(fields.begin(), section.count(), buffer_->fields.begin());
  return input.scratch.charge(*buffer_, buffer_->bytes.size()) ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
}

ReadOutcome MessageReader::continue_trailers(Input& input) {
  const std::size_t old_size = buffer_->bytes.size();
  buffer_->bytes.append(input.rest);
  std::vector<Field>& fields = buffer_->fields;
  ParseOutcome outcome = buffer_->trailers.parse(buffer_->bytes, fields);
  while (outcome == ParseOutcome::kTooManyFields && fields.size() < kMaxFields) {
    fields.resize(std::min(fields.size() * 2, kMaxFields));
    outcome = buffer_->trailers.parse(buffer_->bytes, fields);
  }
  if (outcome == ParseOutcome::kNeedMore) {
    input.rest = {};
    const bool room = input.scratch.charge(*buffer_, buffer_->bytes.size());
    return room ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
  }
  if (outcome != ParseOutcome::kComplete) {
    input.rest = {};  // appended
    return not_a_body(failure(outcome), input);
  }
  const std::size_t end = buffer_->trailers.end();
  input.rest.remove_prefix(end - old_size);
  std::unique_ptr<SectionBuffer> held = std::move(buffer_);
  take_trailers(std::string_view(held->bytes).substr(0, end),
                std::span<const Field>(held->fields).first(held->trailers.count()), input.events);
  input.scratch.release(std::move(held));
  return ReadOutcome::kReading;
}

void MessageReader::take_trailers(std::string_view bytes, std::span<const Field> fields, MessageEvents& events) {
  wire_bytes_ += bytes.size();
  if (!fields.empty()) events.trailers(bytes, fields);
  end_message(MessageEndKind::kComplete, true, events);
}

void MessageReader::tell_body(std::string_view data, MessageEvents& events) {
  count_body(data.size());
  events.body(data);
}

void MessageReader::count_body(std::uint64_t bytes) {
  body_bytes_ += bytes;
  wire_bytes_ += bytes;
  may_count_fin_ = false;
}

void MessageReader::end_unseen(MessageEvents& events) {
  body_bytes_known_ = wire_bytes_known_ = false;
  end_message(MessageEndKind::kEndUnseen, false, events);
}

void MessageReader::end_message(MessageEndKind how, bool last_byte_seen, MessageEvents& events) {
  const MessageEnd end{.how = how,
                       .last_byte_seen = last_byte_seen,
                       .body_bytes = body_bytes(),
                       .wire_bytes = wire_bytes(),
                       .doubtful = decoder_.doubtful()};
  decoder_ = ChunkedDecoder();
  state_ = State::kStart;
  may_lack_body_ = false;
  doubted_ = false;
  events.end(end);
}

std::optional<std::uint64_t> MessageReader::body_bytes() const {
  return body_bytes_known_ && !may_count_fin_ ? std::optional(body_bytes_) : std::nullopt;
}

std::optional<std::uint64_t> MessageReader::wire_bytes() const {
  return wire_bytes_known_ && !may_count_fin_ ? std::optional(wire_bytes_) : std::nullopt;
}

}  // namespace podwire::http1
