#include "capture/ring_thread.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>

#include "capture/monotonic_clock.h"
#include "capture/tap_writer.h"
#include "kernel/blocked_signals.h"

namespace podwire::capture {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kNanosPerMilli = 1'000'000;

// While something waits for time to pass.
constexpr milliseconds kBusyWait{16};
// Otherwise records and commands end the wait.
constexpr milliseconds kIdleWait{100};
// With no connection in sight: for counters alone.
constexpr milliseconds kCountersWait{kCountersIntervalNs / kNanosPerMilli};
constexpr std::uint64_t kWallClockPeriodNs = 1'000'000'000;
// Rounds that a closing attachment's last records get: the ring may be refilled by others meanwhile.
constexpr int kMaxDrainRounds = 16;

}  // namespace

RingThread::RingThread(kernel::KernelCapture& kernel, unsigned ring, const PipelineOptions& options, BatchSink& batches,
                       RingThreadEvents events)
    : kernel_(kernel),
      ring_(ring),
      source_(kernel),
      pipeline_(options, source_, source_, batches),
      events_(std::move(events)),
      thread_([this] { run(); }) {}

RingThread::~RingThread() { thread_.join(); }

void RingThread::run() {
  const kernel::BlockedSignals blocked;  // they are for Node.js's own thread
  ::pthread_setname_np(::pthread_self(), ("podwire-ring-" + std::to_string(ring_)).c_str());
  while (goes_on()) {
    sample_wall_clock(monotime_ns());  // before the first record is read: it is told in wall-clock time
    read();
    pipeline_.advance(monotime_ns());
    take_commands();
    while (!taken_.empty()) {
      const RingCommand command = std::move(taken_.front());
      taken_.pop_front();
      std::visit([this](const auto& kind) { carry_out(kind); }, command);
    }
  }
  events_.finished();
}

// A tap begins before whatever reached the ring after it was asked for, even when both are found at once.
void RingThread::segment(const tcp::Segment& segment) {
  if (commands_.waiting()) take_commands();
  pipeline_.segment(segment);
}

void RingThread::take_commands() {
  for (RingCommand& command : commands_.take()) {
    if (const auto* set = std::get_if<SetTaps>(&command)) {
      pipeline_.begin_taps(set->attachment_id, set->taps, set->asked_monotime_ns);
    }
    if (const auto* translated = std::get_if<SetTranslated>(&command)) {
      carry_out(*translated);
    } else {
      taken_.push_back(std::move(command));
    }
  }
}

bool RingThread::goes_on() const {
  if (abandoned_.load(std::memory_order_relaxed)) return false;
  return !finishing_ || !pipeline_.settled();
}

milliseconds RingThread::wait() const {
  if (!pipeline_.quiet()) return kBusyWait;
  if (pipeline_.follows_any()) return kIdleWait;
  // What is due once a second, of every tap at the same time.
  return kCountersWait - milliseconds(monotime_ns() / kNanosPerMilli % kCountersWait.count());
}

void RingThread::read() {
  if (failed_) {
    std::this_thread::sleep_for(pipeline_.quiet() ? kIdleWait : kBusyWait);
    return;
  }
  try {
    static_cast<void>(kernel_.read(ring_, *this, wait()));
  } catch (const std::exception& error) {
    fail(error.what());
  }
}

void RingThread::drain() {
  try {
    for (int round = 0; !failed_ && round < kMaxDrainRounds; ++round) {
      if (kernel_.read(ring_, *this, milliseconds(0)) == 0) return;
    }
  } catch (const std::exception& error) {
    fail(error.what());
  }
}

void RingThread::carry_out(const SetTaps& command) {
  drain();
  if (is_replaced(command)) return;
  pipeline_.set_taps(command.attachment_id, command.taps, monotime_ns());
}

// The taps of a later command have begun already. It says which end: this one does not know them and would end them.
bool RingThread::is_replaced(const SetTaps& command) const {
  return std::ranges::any_of(taken_, [&](const RingCommand& later) {
    const auto* set = std::get_if<SetTaps>(&later);
    return set != nullptr && set->attachment_id == command.attachment_id;
  });
}

void RingThread::carry_out(const CloseAttachment& command) {
  drain();
  pipeline_.close_attachment(command.attachment_id, monotime_ns());
  if (command.threads_left->fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  try {
    kernel_.detach(command.attachment_id);
  } catch (const std::exception& error) {
    fail(error.what());
  }
}

void RingThread::carry_out(const SetTranslated& command) { pipeline_.set_translated(command.translated); }

void RingThread::carry_out(const Finish&) { finishing_ = true; }

void RingThread::fail(const std::string& sentence) {
  if (!std::exchange(failed_, true)) events_.failed(sentence);
}

void RingThread::sample_wall_clock(std::uint64_t now_monotime_ns) {
  if (now_monotime_ns - wall_clock_sampled_monotime_ns_ < kWallClockPeriodNs) return;
  wall_clock_sampled_monotime_ns_ = now_monotime_ns;
  pipeline_.set_wall_clock_offset(wall_clock_offset_ns());
}

}  // namespace podwire::capture
