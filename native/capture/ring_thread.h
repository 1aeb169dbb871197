// One consumer thread: reads one ring, runs its pipeline, carries out commands.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <thread>

#include "capture/kernel_source.h"
#include "capture/pipeline.h"
#include "capture/ring_commands.h"
#include "kernel/kernel_capture.h"

namespace podwire::capture {

// Called on the thread.
struct RingThreadEvents {
  std::function<void(const std::string& sentence)> failed;  // reading cannot go on; at most once
  std::function<void()> finished;                           // the last thing the thread does
};

class RingThread final : private kernel::SegmentSink {
 public:
  // `kernel` and `batches` must outlive the thread.
  RingThread(kernel::KernelCapture& kernel, unsigned ring, const PipelineOptions& options, BatchSink& batches,
             RingThreadEvents events);
  // Joins: Finish must have been posted, or `abandon` called.
  ~RingThread() override;

  // Main thread. To be followed by KernelCapture::wake.
  void post(RingCommand command) { commands_.post(std::move(command)); }
  // Any thread: ends at the next round, without last batches.
  void abandon() { abandoned_.store(true, std::memory_order_relaxed); }

 private:
  void run();
  void segment(const tcp::Segment& segment) override;
  void take_commands();
  [[nodiscard]] bool goes_on() const;
  // How long to wait for records.
  [[nodiscard]] std::chrono::milliseconds wait() const;
  void read();
  void drain();
  void carry_out(const SetTaps& command);
  [[nodiscard]] bool is_replaced(const SetTaps& command) const;
  void carry_out(const CloseAttachment& command);
  void carry_out(const SetTranslated& command);
  void carry_out(const Finish& command);
  void fail(const std::string& sentence);
  void sample_wall_clock(std::uint64_t now_monotime_ns);

  kernel::KernelCapture& kernel_;
  const unsigned ring_;
  KernelSource source_;
  Pipeline pipeline_;
  RingThreadEvents events_;
  RingCommands commands_;
  std::atomic<bool> abandoned_{false};
  // Below: the thread's own.
  std::deque<RingCommand> taken_;  // and not yet carried out
  bool failed_ = false;
  bool finishing_ = false;
  std::uint64_t wall_clock_sampled_monotime_ns_ = 0;
  std::thread thread_;  // last: everything is there when it starts
};

}  // namespace podwire::capture
