#include "http1/head_parser.h"

#include <algorithm>
#include <cstring>

#include "http1/limits.h"

namespace podwire::http1 {
namespace {

SpaceBeforeColon colon_rule(MessageKind kind) {
  return kind == MessageKind::kRequest ? SpaceBeforeColon::kMalformed : SpaceBeforeColon::kRemoved;
}

TextRange range(std::string_view bytes, std::string_view part) {
  return {static_cast<std::uint32_t>(part.data() - bytes.data()), static_cast<std::uint32_t>(part.size())};
}

}  // namespace

HeadParser::HeadParser(MessageKind kind) : section_(colon_rule(kind)) { start_.kind = kind; }

ParseOutcome HeadParser::parse(std::string_view bytes, std::span<Field> fields) {
  if (failure_ != ParseOutcome::kNeedMore) return failure_;
  if (!has_start_line_) {
    const ParseOutcome outcome = read_start_line(bytes);
    if (outcome == ParseOutcome::kMalformed || outcome == ParseOutcome::kHeadTooLarge) failure_ = outcome;
    if (outcome != ParseOutcome::kComplete) return outcome;
  }
  return section_.parse(bytes, fields);
}

ParseOutcome HeadParser::read_start_line(std::string_view bytes) {
  while (begin_ < bytes.size() && (bytes[begin_] == '\n' || bytes[begin_] == '\r')) {
    if (bytes[begin_] == '\r') {
      if (begin_ + 1 == bytes.size()) return ParseOutcome::kNeedMore;
      if (bytes[begin_ + 1] != '\n') return ParseOutcome::kMalformed;
      ++begin_;
    }
    ++begin_;
  }
  const bool first_look = searched_ <= begin_;
  if (first_look && take_plain_start_line(bytes)) return ParseOutcome::kComplete;
  if (searched_ < begin_) searched_ = begin_;
  const void* found =
      searched_ < bytes.size() ? std::memchr(bytes.data() + searched_, '\n', bytes.size() - searched_) : nullptr;
  const std::size_t line_end =
      found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) : bytes.size();
  work_bytes_ +=
      line_end - searched_ + (found != nullptr ? line_end - begin_ : 0) + (first_look ? line_end - begin_ : 0);
  const bool judged_before = searched_ - begin_ >= 2 * kMaxMethodBytes;
  searched_ = static_cast<std::uint32_t>(line_end);
  const bool in_bounds = line_end <= kMaxHeadBytes;
  if (found != nullptr && in_bounds) return take_start_line(bytes, line_end) ? ParseOutcome::kComplete : refusal(bytes);
  if (!judged_before && !could_begin(start_.kind, bytes.substr(begin_))) return refusal(bytes);
  return in_bounds ? ParseOutcome::kNeedMore : ParseOutcome::kHeadTooLarge;
}

bool HeadParser::take_plain_start_line(std::string_view bytes) {
  const std::size_t in_bounds = std::min(bytes.size(), kMaxHeadBytes);
  if (begin_ >= in_bounds) return false;
  const std::string_view rest = bytes.substr(begin_, in_bounds - begin_);
  RequestLine request;
  StatusLine response;
  const bool is_request = start_.kind == MessageKind::kRequest;
  const std::size_t size = is_request ? read_plain_request_line(rest, request) : read_plain_status_line(rest, response);
  if (size == 0) return false;
  work_bytes_ += size;
  if (is_request) {
    take(bytes, request);
  } else {
    take(bytes, response);
  }
  begin_fields(begin_ + size);
  return true;
}

ParseOutcome HeadParser::refusal(std::string_view bytes) const {
  const bool too_long = start_.kind == MessageKind::kRequest && begins_with_too_long_method(bytes.substr(begin_));
  return too_long ? ParseOutcome::kHeadTooLarge : ParseOutcome::kMalformed;
}

bool HeadParser::take_start_line(std::string_view bytes, std::size_t line_end) {
  std::string_view line = bytes.substr(begin_, line_end - begin_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (start_.kind == MessageKind::kRequest) {
    const auto request = parse_request_line(line);
    if (!request) return false;
    take(bytes, *request);
  } else {
    const auto response = parse_status_line(line);
    if (!response) return false;
    take(bytes, *response);
  }
  begin_fields(line_end + 1);
  return true;
}

void HeadParser::take(std::string_view bytes, const RequestLine& line) {
  start_.method = range(bytes, line.method);
  start_.target = range(bytes, line.target);
  start_.version_minor = line.version_minor;
}

void HeadParser::take(std::string_view bytes, const StatusLine& line) {
  start_.status = line.status;
  start_.version_minor = line.version_minor;
  if (!line.reason.empty()) start_.reason = range(bytes, line.reason);
}

void HeadParser::begin_fields(std::size_t offset) {
  section_ = FieldSection(colon_rule(start_.kind), offset);
  has_start_line_ = true;
}

}  // namespace podwire::http1
