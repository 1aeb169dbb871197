// Batches on their way from the threads of a capture to the one that publishes them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "capture/batch.h"

namespace podwire::capture {

class BatchQueue final : public BatchSink {
 public:
  enum class WhenFull : std::uint8_t { kRefuse, kWait };

  // `on_waiting` is called on the pushing thread, once between two `take`s: when a batch that cannot wait came, when
  // `announce` was called while one waits, or when there is much. It has to return at once and not call back.
  BatchQueue(std::size_t max_batches, WhenFull when_full, std::function<void()> on_waiting);

  // Any thread. A tap's last batch finds room in a full queue too, so that a thread can end while nobody takes: whoever
  // takes may be waiting for it. The taps that end bound how many.
  [[nodiscard]] bool push(Batch&& batch) override;
  void announce() override;
  // Everything that waits, in the order in which it came.
  [[nodiscard]] std::vector<Batch> take();
  // From now on every batch is refused, also those that wait for room.
  void close();

 private:
  // More than that does not wait.
  static constexpr std::size_t kMaxWaitingBytes = 1U << 20U;
  // Under mutex_. Whether `on_waiting_` is to be called now.
  [[nodiscard]] bool is_told_now(bool can_wait);

  const std::size_t max_batches_;
  const WhenFull when_full_;
  const std::function<void()> on_waiting_;
  std::mutex mutex_;
  std::condition_variable room_;
  // Below: under mutex_.
  std::vector<Batch> batches_;
  std::size_t bytes_ = 0;
  bool told_ = false;  // since the last `take`
  bool closed_ = false;
};

}  // namespace podwire::capture
