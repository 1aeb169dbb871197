#include "capture/batch_queue.h"

#include <utility>

namespace podwire::capture {

BatchQueue::BatchQueue(std::size_t max_batches, WhenFull when_full, std::function<void()> on_waiting)
    : max_batches_(max_batches), when_full_(when_full), on_waiting_(std::move(on_waiting)) {}

bool BatchQueue::push(Batch&& batch) {
  bool first = false;
  {
    std::unique_lock lock(mutex_);
    if (when_full_ == WhenFull::kWait) room_.wait(lock, [&] { return closed_ || batches_.size() < max_batches_; });
    if (closed_ || batches_.size() >= max_batches_) return false;
    first = batches_.empty();
    batches_.push_back(std::move(batch));
  }
  if (first) on_waiting_();
  return true;
}

std::vector<Batch> BatchQueue::take() {
  std::vector<Batch> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(batches_);
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
