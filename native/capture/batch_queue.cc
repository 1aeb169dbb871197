#include "capture/batch_queue.h"

#include <utility>

namespace podwire::capture {

BatchQueue::BatchQueue(std::size_t max_batches, WhenFull when_full, std::function<void()> on_waiting)
    : max_batches_(max_batches), when_full_(when_full), on_waiting_(std::move(on_waiting)) {}

bool BatchQueue::push(Batch&& batch) {
  bool tell = false;
  {
    std::unique_lock lock(mutex_);
    if (when_full_ == WhenFull::kWait) room_.wait(lock, [&] { return closed_ || batches_.size() < max_batches_; });
    if (closed_ || (batches_.size() >= max_batches_ && !batch.last)) return false;
    const bool can_wait = batch.can_wait;
    bytes_ += batch.bytes.size();
    batches_.push_back(std::move(batch));
    tell = is_told_now(can_wait);
  }
  if (tell) on_waiting_();
  return true;
}

void BatchQueue::announce() {
  bool tell = false;
  {
    const std::lock_guard lock(mutex_);
    tell = !batches_.empty() && is_told_now(false);
  }
  if (tell) on_waiting_();
}

bool BatchQueue::is_told_now(bool can_wait) {
  const bool is_full = batches_.size() >= max_batches_ || bytes_ >= kMaxWaitingBytes;
  if (can_wait && !is_full && when_full_ == WhenFull::kRefuse) return false;
  return !std::exchange(told_, true);
}

std::vector<Batch> BatchQueue::take() {
  std::vector<Batch> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(batches_);
    bytes_ = 0;
    told_ = false;
  }
  room_.notify_all();
  return taken;
}

void BatchQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  room_.notify_all();
}

}  // namespace podwire::capture
