#include "exchange/stream_ids.h"

#include <algorithm>

namespace podwire::exchange {

void StreamIds::opened(std::uint32_t id) {
  if (continuous_ && !ranges_.empty()) {
    ranges_.back().last = std::max(ranges_.back().last, id);
    return;
  }
  if (ranges_.size() == kMaxRanges) ranges_.erase(ranges_.begin());
  ranges_.push_back({.first = continuous_ ? 0 : id, .last = id});
  continuous_ = true;
}

void StreamIds::refuted() {
  if (continuous_ && !ranges_.empty()) ranges_.pop_back();
  continuous_ = false;
}

bool StreamIds::used(std::uint32_t id) const {
  return std::ranges::any_of(ranges_, [id](const Range& range) { return id >= range.first && id <= range.last; });
}

}  // namespace podwire::exchange
