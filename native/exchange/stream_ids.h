// Which stream identifiers of one opener are used up: RFC 9113, section 5.1.1.
#pragma once

#include <cstdint>
#include <vector>

namespace podwire::exchange {

// A stream that is opened closes all lower ones of the same opener that were idle. So as long as no frame that opens
// streams passes unseen, every identifier up to the latest is known to be used.
class StreamIds {
 public:
  // `from_beginning`: no stream was opened before.
  explicit StreamIds(bool from_beginning) : continuous_(from_beginning) {}

  void opened(std::uint32_t id);
  // Streams may have been opened unseen.
  void lost() { continuous_ = false; }
  // So may they; and those that were told since the last loss may be none.
  void refuted();

  [[nodiscard]] bool used(std::uint32_t id) const;
  // Nothing was lost, and all that were opened are lower.
  [[nodiscard]] bool next_is(std::uint32_t id) const {
    return continuous_ && (ranges_.empty() || id > ranges_.back().last);
  }

 private:
  static constexpr std::size_t kMaxRanges = 16;  // beyond, the oldest is forgotten
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  std::vector<Range> ranges_;  // one for each time without loss
  bool continuous_;
};

}  // namespace podwire::exchange
