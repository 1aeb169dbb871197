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

  // `on_waiting` is called on the pushing thread when the first batch since the last `take` came; it has to return at
  // once and not call back.
  BatchQueue(std::size_t max_batches, WhenFull when_full, std::function<void()> on_waiting);

  // Any thread.
  [[nodiscard]] bool push(Batch&& batch) override;
  // Everything that waits, in the order in which it came.
  [[nodiscard]] std::vector<Batch> take();
  // From now on every batch is refused, also those that wait for room.
  void close();

 private:
  const std::size_t max_batches_;
  const WhenFull when_full_;
  const std::function<void()> on_waiting_;
  std::mutex mutex_;
  std::condition_variable room_;
  // Below: under mutex_.
  std::vector<Batch> batches_;
  bool closed_ = false;
};

}  // namespace podwire::capture
