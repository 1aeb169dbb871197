#include "http1/head_search.h"

#include <algorithm>
#include <array>

#include "http1/character_class.h"
#include "http1/limits.h"

namespace podwire::http1 {
namespace {

constexpr std::size_t kPieceBytes = 4'096;  // added at once: what follows a head is hardly ever copied
constexpr std::size_t kMaxMarks = 64;

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// What a field line looks like; HeadParser judges.
bool resembles_field_line(std::string_view line) {
  if (line.empty()) return false;
  if (is_white_space(line.front())) return true;
  std::size_t name = 0;
  while (name < line.size() && is_token_byte(line[name])) ++name;
  const std::size_t colon = std::min(line.size(), line.find_first_not_of(" \t", name));
  return name > 0 && colon < line.size() && line[colon] == ':';
}

struct StartLineAt {
  std::size_t offset = 0;
  MessageKind kind = MessageKind::kRequest;
};

std::optional<StartLineAt> start_line_in(std::string_view line, std::optional<MessageKind> kind) {
  constexpr std::array kKinds = {MessageKind::kResponse, MessageKind::kRequest};
  for (const MessageKind candidate : kKinds) {
    if (kind && *kind != candidate) continue;
    if (const auto offset = find_start_line(candidate, line)) return StartLineAt{*offset, candidate};
  }
  return std::nullopt;
}

// In `block`, whole lines before an empty one.
std::optional<StartLineAt> nearest_start_line(std::string_view block, std::optional<MessageKind> kind) {
  std::size_t line_end = block.size();
  while (line_end > 0) {
    const auto before = line_end >= 2 ? block.rfind('\n', line_end - 2) : std::string_view::npos;
    const std::size_t line_begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = without_line_end(block.substr(line_begin, line_end - line_begin));
    if (const auto found = start_line_in(line, kind)) return StartLineAt{line_begin + found->offset, found->kind};
    if (!resembles_field_line(line)) return std::nullopt;
    line_end = line_begin;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FoundHead> HeadSearch::add(std::string_view& rest, bool begins_call, std::uint64_t seen_ns,
                                         std::optional<MessageKind> kind, std::span<Field> fields) {
  while (!rest.empty()) {
    const std::string_view piece = rest.substr(0, kPieceBytes);
    const std::size_t old_size = bytes_.size();
    std::size_t searched = old_size;
    add_mark(seen_ns, begins_call);
    begins_call = false;
    bytes_.append(piece);
    for (auto lf = bytes_.find('\n', searched); lf != std::string::npos; lf = bytes_.find('\n', searched)) {
      searched = lf + 1;
      const std::size_t line_begin = line_;
      line_ = searched;
      if (!without_line_end(std::string_view(bytes_).substr(line_begin, lf + 1 - line_begin)).empty()) continue;
      auto found = judge_block(line_begin, lf + 1, kind, fields);
      if (found) {
        rest.remove_prefix(lf + 1 - old_size);
        return found;
      }
      block_ = lf + 1;
    }
    rest.remove_prefix(piece.size());
    if (bytes_.size() - block_ > kMaxSearchBytes) block_ = bytes_.size() - kMaxSearchBytes / 2;
    if (block_ > 0) forget_before(block_);
  }
  return std::nullopt;
}

std::optional<FoundHead> HeadSearch::judge_block(std::size_t blank_line, std::size_t end,
                                                 std::optional<MessageKind> kind, std::span<Field> fields) {
  const std::string_view block = std::string_view(bytes_).substr(block_, blank_line - block_);
  const auto start = nearest_start_line(block, kind);
  if (!start) return std::nullopt;
  return head_at(block_ + start->offset, end, start->kind, fields);
}

std::optional<FoundHead> HeadSearch::head_at(std::size_t begin, std::size_t end, MessageKind kind,
                                             std::span<Field> fields) {
  const std::string_view text = std::string_view(bytes_).substr(begin, end - begin);
  HeadParser parser(kind);
  if (parser.parse(text, fields) != ParseOutcome::kComplete || parser.end() != text.size()) return std::nullopt;
  FoundHead found;
  found.head = {.bytes = text, .start = parser.start_line(), .fields = fields.first(parser.field_count())};
  for (const Mark& mark : marks_) {
    if (mark.offset <= begin || &mark == &marks_.front()) {
      found.first_byte_ns = mark.seen_ns;
      found.begins_piece = mark.begins_call && mark.offset == begin;
    }
  }
  return found;
}

void HeadSearch::add_mark(std::uint64_t seen_ns, bool begins_call) {
  if (!begins_call && !marks_.empty() && marks_.back().seen_ns == seen_ns) return;
  if (marks_.size() == kMaxMarks) marks_.erase(marks_.begin());
  marks_.push_back({bytes_.size(), seen_ns, begins_call});
}

void HeadSearch::forget_before(std::size_t offset) {
  bytes_.erase(0, offset);
  line_ -= std::min(line_, offset);
  block_ -= offset;
  std::size_t covering = 0;
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    if (marks_[i].offset <= offset) covering = i;
  }
  marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(covering));
  for (Mark& mark : marks_) {
    mark.begins_call = mark.begins_call && mark.offset >= offset;
    mark.offset -= std::min(mark.offset, offset);
  }
}

void HeadSearch::clear() {
  bytes_.clear();
  marks_.clear();
  block_ = 0;
  line_ = 0;
}

}  // namespace podwire::http1
