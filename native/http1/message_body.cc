// MessageReader: bodies and trailer sections.
#include <algorithm>
#include <utility>

#include "http1/message_reader_input.h"

namespace podwire::http1 {

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
  if (step.outcome == ChunkOutcome::kMalformed) return ReadOutcome::kMalformed;
  input.rest.remove_prefix(step.consumed);
  wire_bytes_ += step.consumed - step.data.size();
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
  if (outcome != ParseOutcome::kNeedMore) return ReadOutcome::kMalformed;
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
  if (outcome != ParseOutcome::kComplete) return ReadOutcome::kMalformed;
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
}

void MessageReader::end_message(MessageEndKind how, bool last_byte_seen, MessageEvents& events) {
  const MessageEnd end{
      .how = how, .last_byte_seen = last_byte_seen, .body_bytes = body_bytes(), .wire_bytes = wire_bytes()};
  state_ = State::kStart;
  after_message_ = true;
  may_lack_body_ = false;
  events.end(end);
}

std::optional<std::uint64_t> MessageReader::body_bytes() const {
  return body_bytes_known_ ? std::optional(body_bytes_) : std::nullopt;
}

std::optional<std::uint64_t> MessageReader::wire_bytes() const {
  return wire_bytes_known_ ? std::optional(wire_bytes_) : std::nullopt;
}

}  // namespace podwire::http1
