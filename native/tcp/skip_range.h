// How far a sink wants to see nothing of a stream, and what of that the source was told.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "tcp/flow_limits.h"
#include "tcp/sequence.h"

namespace podwire::tcp {

struct SequenceRange {
  Position from = 0;
  Position until = 0;
};

// `next` is always the stream's first byte that was not told yet.
class SkipRange {
 public:
  void extend(Position next, std::uint64_t bytes) {
    const std::uint64_t room = std::numeric_limits<Position>::max() - next;
    until_ = std::max(until_, next + std::min(bytes, room));
  }
  void clear() { until_ = 0; }

  // A skip was asked for, now or before.
  [[nodiscard]] bool ever() const { return until_ != 0 || source_until_ != 0; }
  // Bytes before this are not wanted.
  [[nodiscard]] Position until() const { return until_; }
  [[nodiscard]] bool contains(Position next) const { return next < until_; }

  // Where the source was last told to stop; 0: never, or voided. Segments may come from there before any other.
  [[nodiscard]] Position source_until() const { return source_until_; }
  // As Stream::take_source_skip. `left_out_until`: the source spares so much by itself.
  [[nodiscard]] std::optional<SequenceRange> take_source_skip(Position next, Position left_out_until,
                                                              const FlowLimits& limits) {
    if (source_until_ > next) return std::nullopt;
    if (contains(next) && left_out_until < until_ && until_ - next >= limits.source_skip_min_bytes) {
      source_until_ = next + std::min({until_ - next, limits.source_skip_max_bytes, kMaxWindowBytes});
      return SequenceRange{next, source_until_};
    }
    if (source_until_ != 0 && next - source_until_ > kMaxWindowBytes) {
      source_until_ = 0;
      return SequenceRange{next, next};
    }
    return std::nullopt;
  }

 private:
  Position until_ = 0;
  Position source_until_ = 0;
};

}  // namespace podwire::tcp
