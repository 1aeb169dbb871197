// The consumer of one ring: hands its records over as segments, and sleeps as long as it may.
//
// While records come, it sleeps a short time between visits, longer when there are many, and the kernel wakes it only
// when much is waiting: wake-ups cost more than copies. A large segment after a visit without one wakes it too, since a
// body that is told to be skipped is not copied any further; where large ones keep coming, nobody wants them skipped.
// Once nothing came for a while, it asks to be woken by the next record and sleeps as long as its caller allows.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "kernel/file_descriptor.h"
#include "kernel/kernel_capture.h"
#include "kernel/shared_maps.h"

namespace podwire::kernel {

class RingReader {
 public:
  // `wake_fd`: an eventfd that ends a wait; stays the caller's. Throws KernelError.
  RingReader(std::shared_ptr<SharedMaps> maps, unsigned ring, int wake_fd);

  // As KernelCapture::read. One thread at a time.
  std::size_t read(SegmentSink& sink, std::chrono::milliseconds timeout);
  // Hands over what waits, without waiting.
  std::size_t drain(SegmentSink& sink);

  [[nodiscard]] const std::shared_ptr<SharedMaps>& maps() const { return maps_; }

 private:
  enum class WakeUp : std::uint8_t { kWhenFull, kWhenLarge, kAtOnce };
  void wait(WakeUp wake_up, std::chrono::milliseconds timeout);
  void set_doorbell(std::uint32_t state);
  [[nodiscard]] static std::uint32_t doorbell_state(WakeUp wake_up);

  std::shared_ptr<SharedMaps> maps_;
  unsigned index_;
  int wake_fd_;
  FileDescriptor epoll_;
  unsigned quiet_visits_;  // in a row that found nothing
  std::chrono::milliseconds visit_interval_;
  bool found_large_ = false;  // a large segment, at the last visit
};

}  // namespace podwire::kernel
