#include "capture/ring_commands.h"

namespace podwire::capture {

void RingCommands::post(RingCommand command) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return commands_.size() < kMaxRingCommands; });
  commands_.push_back(std::move(command));
  waiting_.store(true, std::memory_order_release);
}

std::deque<RingCommand> RingCommands::take() {
  std::deque<RingCommand> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(commands_);
    waiting_.store(false, std::memory_order_release);
  }
  room_.notify_one();
  return taken;
}

}  // namespace podwire::capture
