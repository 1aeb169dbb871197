// What the main thread tells a ring's thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "capture/destination_translation.h"
#include "capture/shared_tap.h"

namespace podwire::capture {

// Each thread of a capture gets the same commands in the same order.
struct SetTaps {
  std::uint32_t attachment_id = 0;
  std::uint64_t asked_monotime_ns = 0;  // every program of the attachment was in place then
  std::vector<std::shared_ptr<SharedTap>> taps;
};

struct CloseAttachment {
  std::uint32_t attachment_id = 0;
  std::shared_ptr<std::atomic<unsigned>> threads_left;  // the last thread detaches
};

struct SetTranslated {
  std::shared_ptr<const TranslatedDestinations> translated;
};

// No further command follows.
struct Finish {};

using RingCommand = std::variant<SetTaps, CloseAttachment, SetTranslated, Finish>;

// Commands that wait for a thread; one that finds it full waits for room, which comes with the thread's next round.
inline constexpr std::size_t kMaxRingCommands = 1024;

class RingCommands {
 public:
  // Main thread.
  void post(RingCommand command);
  // The ring's thread: are there any to take?
  [[nodiscard]] bool waiting() const { return waiting_.load(std::memory_order_acquire); }
  // The ring's thread. In the order in which they were posted.
  [[nodiscard]] std::deque<RingCommand> take();

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<RingCommand> commands_;  // under mutex_
  std::atomic<bool> waiting_{false};
};

}  // namespace podwire::capture
