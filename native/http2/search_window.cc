#include "http2/search_window.h"

#include <algorithm>

#include "http2/limits.h"

namespace podwire::http2 {
namespace {

// Forgotten at once: fewer only when no more than that is kept and has to be moved.
constexpr std::size_t kForgottenBytes = 4'096;
constexpr std::size_t kMinForgottenBytes = 1'024;
constexpr std::size_t kLargeBytes = std::size_t{16} << 10U;

}  // namespace

SearchWindow::Piece SearchWindow::piece(std::uint64_t position) const {
  const auto after = std::upper_bound(marks_.begin(), marks_.end(), position,
                                      [](std::uint64_t at, const Mark& mark) { return at < mark.position; });
  if (position == end() || after == marks_.begin()) return {};
  const std::uint64_t until = after == marks_.end() ? end() : after->position;
  return {.bytes = view(position, static_cast<std::size_t>(until - position)), .seen_ns = std::prev(after)->seen_ns};
}

void SearchWindow::append(std::string_view bytes, std::uint64_t seen_ns) {
  if (marks_.empty() || marks_.back().seen_ns != seen_ns) marks_.push_back({end(), seen_ns});
  const std::size_t size = bytes_.size() + bytes.size();
  if (size > bytes_.capacity()) bytes_.reserve(std::max(size, std::min(bytes_.capacity() * 2, kMaxSearchBytes)));
  bytes_.append(bytes);
}

void SearchWindow::forget_before(std::uint64_t position) {
  const auto forgotten = static_cast<std::size_t>(position - begin_);
  if (forgotten < kMinForgottenBytes || (forgotten < kForgottenBytes && forgotten < bytes_.size() / 2)) return;
  bytes_.erase(0, forgotten);
  if (bytes_.capacity() > kLargeBytes && bytes_.size() < kMinForgottenBytes) bytes_.shrink_to_fit();
  begin_ = position;
  const auto after = std::upper_bound(marks_.begin(), marks_.end(), position,
                                      [](std::uint64_t at, const Mark& mark) { return at < mark.position; });
  if (after != marks_.begin()) marks_.erase(marks_.begin(), std::prev(after));
}

void SearchWindow::restart(std::uint64_t position) {
  bytes_.clear();
  marks_.clear();
  begin_ = position;
}

}  // namespace podwire::http2
