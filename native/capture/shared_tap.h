// One tap at one attachment, over all threads of its capture.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "tap/tap_session.h"
#include "wire/batch_sequence.h"

namespace podwire::capture {

class SharedTap {
 public:
  // `subject_key` goes back with each batch; `kernel` is what the attachment's counters say now; `threads` is how many
  // will call `leave`.
  SharedTap(std::string subject_key, std::shared_ptr<tap::Tap> tap, const wire::BatchIdentity& identity,
            const wire::KernelCounts& kernel, unsigned threads)
      : subject_key_(std::move(subject_key)),
        tap_(std::move(tap)),
        sequence_(identity, kernel),
        alone_(threads == 1),
        threads_left_(threads) {}

  // Any thread.
  [[nodiscard]] const std::string& subject_key() const { return subject_key_; }
  [[nodiscard]] const std::shared_ptr<tap::Tap>& tap() const { return tap_; }
  [[nodiscard]] wire::BatchSequence& sequence() { return sequence_; }
  // One thread produces for it.
  [[nodiscard]] bool is_alone() const { return alone_; }
  // The calling thread has handed over everything it had. True for the last one, which hands over the last batch.
  [[nodiscard]] bool leave() { return threads_left_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

 private:
  const std::string subject_key_;
  const std::shared_ptr<tap::Tap> tap_;
  wire::BatchSequence sequence_;
  const bool alone_;
  std::atomic<unsigned> threads_left_;
};

}  // namespace podwire::capture
