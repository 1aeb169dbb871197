#include "http1/head_search.h"

#include <algorithm>
#include <utility>

#include "http1/character_class.h"
#include "http1/limits.h"
#include "http1/message_framing.h"

namespace podwire::http1 {
namespace {

constexpr std::size_t kPieceBytes = 1'024;       // added at once: what follows a head is hardly ever copied
constexpr std::size_t kMaxStatusCodeBytes = 64;  // up to the end of the status code, with white space before it

// What a field line looks like; HeadParser judges.
bool resembles_field_line(std::string_view line) {
  if (line.empty()) return false;
  if (is_white_space(line.front())) return true;
  std::size_t name = 0;
  while (name < line.size() && is_token_byte(line[name])) ++name;
  const std::size_t colon = std::min(line.size(), line.find_first_not_of(" \t", name));
  return name > 0 && colon < line.size() && line[colon] == ':';
}

}  // namespace

std::optional<FoundHead> HeadSearch::add(std::string_view& rest, bool begins_call, std::uint64_t seen_ns,
                                         std::span<Field> fields) {
  while (!rest.empty()) {
    const std::string_view piece = rest.substr(0, kPieceBytes);
    add_mark(seen_ns, begins_call);
    begins_call = false;
    const std::size_t old_size = bytes_.size();
    bytes_.append(piece);
    work_bytes_ += piece.size();
    std::size_t searched = old_size;
    for (auto lf = bytes_.find('\n', searched); lf != std::string::npos; lf = bytes_.find('\n', searched)) {
      searched = lf + 1;
      const std::size_t line = std::exchange(line_, searched);
      if (lf > line + 1 || (lf == line + 1 && bytes_[line] != '\r')) continue;
      auto found = judge_block(line, lf + 1, fields);
      block_ = lf + 1;
      if (!found) continue;
      bytes_.resize(lf + 1);
      rest.remove_prefix(lf + 1 - old_size);
      return found;
    }
    rest.remove_prefix(piece.size());
    if (bytes_.size() - block_ > kMaxSearchBytes) block_ = bytes_.size() - kMaxSearchBytes / 2;
    if (block_ > 0) forget_before(block_);
  }
  return std::nullopt;
}

// What precedes an empty line. A head that looks right but is not believed tells where the next one has to stand.
std::optional<FoundHead> HeadSearch::judge_block(std::size_t blank_line, std::size_t end, std::span<Field> fields) {
  const auto start = nearest_start_line(blank_line);
  if (!start) return std::nullopt;
  const std::string_view head_text = text({start->offset, end});
  work_bytes_ += head_text.size();
  HeadParser parser(start->kind);
  if (parser.parse(head_text, fields) != ParseOutcome::kComplete || parser.end() != head_text.size()) {
    return std::nullopt;
  }
  const Head head{.bytes = head_text, .start = parser.start_line(), .fields = fields.first(parser.field_count())};
  if (!start->believed) {
    expect_next(head, end);
    return std::nullopt;
  }
  return FoundHead{.head = head, .first_byte_ns = mark_at_or_before(start->offset)->seen_ns};
}

// Backwards from an empty line. A field line may hold what looks like a start line in its value: there it counts only
// where a piece begins, and only if no other start line stands before it.
std::optional<HeadSearch::StartLineAt> HeadSearch::nearest_start_line(std::size_t blank_line) {
  std::optional<StartLineAt> in_field;
  std::size_t next = blank_line;
  while (next > block_) {
    const auto before = next - block_ >= 2 ? bytes_.rfind('\n', next - 2) : std::string::npos;
    LineRange range{.begin = before == std::string::npos ? block_ : std::max(block_, before + 1), .end = next - 1};
    work_bytes_ += next - range.begin;
    next = range.begin;
    if (range.end > range.begin && bytes_[range.end - 1] == '\r') --range.end;
    const auto found = start_line_in(range);
    if (!resembles_field_line(text(range))) return found && in_field ? std::nullopt : found ? found : in_field;
    if (found && found->believed) {
      if (in_field) return std::nullopt;
      in_field = found;
    }
  }
  return in_field;
}

std::optional<HeadSearch::StartLineAt> HeadSearch::start_line_in(LineRange range) const {
  const auto response = status_line_in(range);
  return response ? response : request_line_in(range);
}

// Where the method begins: the place that is believed.
std::optional<HeadSearch::StartLineAt> HeadSearch::request_line_in(LineRange range) const {
  const std::string_view line = text(range);
  const auto method = find_method(line);
  if (!method) return std::nullopt;
  std::size_t places = 0;
  std::size_t place = method->begin;
  for (std::size_t at = std::max(method->begin, method->end - std::min(method->end, kMaxMethodBytes)); at < method->end;
       ++at) {
    const bool expected = expected_ == base_ + range.begin + at;
    if (!expected && !is_registered_method(line.substr(at, method->end - at))) continue;
    if (!begins_piece_at(range.begin + at)) continue;
    ++places;
    place = at;
  }
  // What stands before a believed one is the end of something else, such as a body in base64.
  const bool too_long = places == 0 && method->end - method->begin > kMaxMethodBytes;
  if (places > 1 || too_long) return std::nullopt;
  return StartLineAt{.offset = range.begin + place, .kind = MessageKind::kRequest, .believed = places == 1};
}

std::optional<HeadSearch::StartLineAt> HeadSearch::status_line_in(LineRange range) const {
  constexpr std::string_view kName = "HTTP/1.";
  const std::string_view line = text(range);
  // No reason holds these, so no status line stands before them.
  const auto last_invalid = line.find_last_of(std::string_view("\0\r", 2));
  std::optional<StartLineAt> nearest;
  for (auto at = line.find(kName, last_invalid + 1); at != std::string_view::npos; at = line.find(kName, at + 1)) {
    if (!parse_status_line(line.substr(at, kMaxStatusCodeBytes))) continue;
    const bool believed = begins_piece_at(range.begin + at);
    if (believed && nearest && nearest->believed) return std::nullopt;
    if (believed || !nearest || !nearest->believed)
      nearest = StartLineAt{range.begin + at, MessageKind::kResponse, believed};
  }
  return nearest;
}

void HeadSearch::expect_next(const Head& head, std::size_t end) {
  expected_.reset();
  const auto framing =
      head.start.kind == MessageKind::kRequest ? request_framing(head) : response_framing(head, AnsweredMethod::kOther);
  if (!framing || framing->doubtful) return;
  if (framing->body == BodyKind::kNone || framing->body == BodyKind::kLength) {
    expected_ = base_ + end + framing->length;
  }
}

bool HeadSearch::begins_piece_at(std::size_t offset) const {
  const auto mark = mark_at_or_before(offset);
  return mark->begins_piece && mark->offset == offset;
}

// There is one for every byte that is kept.
std::vector<HeadSearch::Mark>::const_iterator HeadSearch::mark_at_or_before(std::size_t offset) const {
  const auto after = std::upper_bound(marks_.begin(), marks_.end(), offset,
                                      [](std::size_t wanted, const Mark& mark) { return wanted < mark.offset; });
  return std::prev(after);
}

void HeadSearch::add_mark(std::uint64_t seen_ns, bool begins_call) {
  if (!begins_call && !marks_.empty() && marks_.back().seen_ns == seen_ns) return;
  if (marks_.size() == kMaxSearchPieces) forget_before(marks_[kMaxSearchPieces / 2].offset);
  marks_.push_back({bytes_.size(), seen_ns, begins_call});
}

void HeadSearch::forget_before(std::size_t offset) {
  work_bytes_ += bytes_.size() - offset + marks_.size() * sizeof(Mark);
  bytes_.erase(0, offset);
  base_ += offset;
  line_ -= std::min(line_, offset);
  block_ -= std::min(block_, offset);
  if (marks_.empty()) return;
  const auto covering = mark_at_or_before(offset);
  marks_.erase(marks_.cbegin(), covering);
  for (Mark& mark : marks_) {
    mark.begins_piece = mark.begins_piece && mark.offset >= offset;
    mark.offset -= std::min(mark.offset, offset);
  }
}

void HeadSearch::clear() {
  bytes_.clear();
  marks_.clear();
  base_ = 0;
  block_ = 0;
  line_ = 0;
  expected_.reset();
  work_bytes_ = 0;
}

}  // namespace podwire::http1
