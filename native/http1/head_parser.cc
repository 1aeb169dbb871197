#include "http1/head_parser.h"

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
  if (failed_) return ParseOutcome::kMalformed;
  if (!has_start_line_) {
    const ParseOutcome outcome = read_start_line(bytes);
    if (outcome == ParseOutcome::kMalformed) failed_ = true;
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
  if (searched_ < begin_) searched_ = begin_;
  const void* found =
      searched_ < bytes.size() ? std::memchr(bytes.data() + searched_, '\n', bytes.size() - searched_) : nullptr;
  const std::size_t line_end =
      found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) : bytes.size();
  if (line_end > kMaxHeadBytes) return ParseOutcome::kHeadTooLarge;
  if (found != nullptr) return take_start_line(bytes, line_end) ? ParseOutcome::kComplete : ParseOutcome::kMalformed;

  const bool judged_before = searched_ - begin_ > 2 * kMaxMethodBytes;
  searched_ = static_cast<std::uint32_t>(bytes.size());
  if (judged_before || could_begin(start_.kind, bytes.substr(begin_))) return ParseOutcome::kNeedMore;
  return ParseOutcome::kMalformed;
}

bool HeadParser::take_start_line(std::string_view bytes, std::size_t line_end) {
  std::string_view line = bytes.substr(begin_, line_end - begin_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (start_.kind == MessageKind::kRequest) {
    const auto request = parse_request_line(line);
    if (!request) return false;
    start_.method = range(bytes, request->method);
    start_.target = range(bytes, request->target);
    start_.version_minor = request->version_minor;
  } else {
    const auto response = parse_status_line(line);
    if (!response) return false;
    start_.status = response->status;
    start_.version_minor = response->version_minor;
    if (!response->reason.empty()) start_.reason = range(bytes, response->reason);
  }
  section_ = FieldSection(colon_rule(start_.kind), line_end + 1);
  has_start_line_ = true;
  return true;
}

}  // namespace podwire::http1
