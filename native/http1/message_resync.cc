// MessageReader: where its position is not known, and where it turns out to be wrong.
#include <string>
#include <utility>

#include "http1/message_reader_input.h"

namespace podwire::http1 {

ReadOutcome MessageReader::search_head(Input& input) {
  if (body_announced_) {
    input.rest = {};
    return ReadOutcome::kReading;
  }
  if (!buffer_) buffer_ = input.scratch.acquire();
  const auto found = buffer_->search.add(input.rest, input.at_begin(), input.seen_ns, input.scratch.fields());
  if (!found) {
    const bool room = input.scratch.charge(*buffer_, buffer_->search.kept());
    return room ? ReadOutcome::kReading : ReadOutcome::kMemoryFull;
  }
  const bool contrary = kind_ && *kind_ != found->head.start.kind;
  if (contrary && !input.events.contrary_head(found->head)) return ReadOutcome::kReading;
  std::unique_ptr<SectionBuffer> held = std::move(buffer_);
  const HeadSeen seen{.first_byte_ns = found->first_byte_ns,
                      .acknowledged = input.acknowledged,
                      .bytes_behind = input.bytes_behind(),
                      .confirmed = false};
  const ReadOutcome taken = take_head(found->head, seen, input);
  input.scratch.release(std::move(held));
  return taken;
}

// The bytes are no head: of one that has to be there, what was read is told. Where one was only supposed to begin, they
// are searched instead.
ReadOutcome MessageReader::not_a_head(ReadOutcome outcome, Input& input) {
  if (confirmed_ && !expecting_) {
    cut_message(input.events);
    return outcome;
  }
  std::string pending;
  std::uint64_t pending_ns = input.seen_ns;
  if (state_ == State::kHead) {
    pending.swap(buffer_->bytes);
    pending_ns = buffer_->first_byte_ns;
  }
  return search_again(pending, pending_ns, input);
}

// Of a message whose head was not confirmed, the body is none: perhaps there was no such message.
ReadOutcome MessageReader::not_a_body(ReadOutcome outcome, Input& input) {
  if (confirmed_) return outcome;
  std::string pending;
  if (state_ == State::kTrailers && buffer_) pending.swap(buffer_->bytes);
  end_unseen(input.events);
  return search_again(pending, input.seen_ns, input);
}

// Behind a message for which only its looks speak. In a body that consists of messages it would be the same.
ReadOutcome MessageReader::pass_over(Input& input) {
  seek(input.scratch);
  input.events.passed_over();
  return ReadOutcome::kReading;
}

bool MessageReader::doubt() {
  const bool in_body =
      state_ == State::kLengthBody || state_ == State::kChunkedBody || state_ == State::kUntilCloseBody;
  doubted_ = !confirmed_ && in_body && !may_lack_body_;
  return doubted_;
}

// A piece of a body begins with a start line so rarely that it is taken for one when there is doubt.
void MessageReader::judge_doubt(Input& input) {
  RequestLine request;
  StatusLine status;
  const bool begins_message = kind_ == MessageKind::kRequest ? read_plain_request_line(input.rest, request) > 0 &&
                                                                   is_registered_method(request.method)
                                                             : read_plain_status_line(input.rest, status) > 0;
  if (begins_message) {
    end_unseen(input.events);
    seek(input.scratch);
    input.events.expectation_failed();
  } else if (kind_ == MessageKind::kResponse) {
    doubted_ = false;
    input.events.went_on();
  }
}

void MessageReader::lack_body(MessageEvents& events) {
  if (!may_lack_body_ || buffer_) return;
  confirmed_ = false;
  end_unseen(events);
}

ReadOutcome MessageReader::search_again(std::string_view pending, std::uint64_t pending_ns, Input& input) {
  seek(input.scratch);
  input.events.expectation_failed();
  Input again{.rest = pending,
              .begin = pending.data(),
              .seen_ns = pending_ns,
              .acknowledged = input.acknowledged,
              .events = input.events,
              .scratch = input.scratch,
              .rest_behind = input.bytes_behind()};
  return read(again);
}

void MessageReader::search(ReaderScratch& scratch) {
  seek(scratch);
  conversed_ = false;
  body_announced_ = false;
}

void MessageReader::seek(ReaderScratch& scratch) {
  release(scratch);
  state_ = State::kSearch;
  expecting_ = false;
  confirmed_ = false;
  may_lack_body_ = false;
  empty_line_cr_ = false;
  borne_out_ = false;
  doubted_ = false;
  informational_ = false;
}

void MessageReader::expect_head(ReaderScratch& scratch) {
  const bool behind_unconfirmed = state_ == State::kStart && !confirmed_;
  if ((state_ != State::kSearch && !behind_unconfirmed) || !kind_) return;
  release(scratch);
  state_ = State::kStart;
  expecting_ = true;
}

}  // namespace podwire::http1
