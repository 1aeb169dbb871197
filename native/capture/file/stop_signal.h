// Ends a read that may be waiting for a pipe.
#pragma once

#include <atomic>

namespace podwire::capture {

// Raised once, by any thread; never lowered.
class StopSignal {
 public:
  StopSignal();  // throws std::system_error when the process has no descriptor left
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void raise();
  [[nodiscard]] bool raised() const { return raised_.load(std::memory_order_acquire); }
  // Becomes readable when raised, and stays so: for poll(2).
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  std::atomic<bool> raised_{false};
};

}  // namespace podwire::capture
