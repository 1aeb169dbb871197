// Numbers the batches of one tap at one pod and completes them: the message TapBatch of proto/podwire.proto.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "wire/exchange_buffer.h"
#include "wire/tap_counters.h"

namespace podwire::wire {

struct PodName {
  std::string pod_namespace;
  std::string name;
  std::string node;
};

struct BatchIdentity {
  std::string tap;
  std::optional<PodName> pod;  // none for a capture file
  std::uint32_t epoch = 0;     // random
};

// Unit: packets; cumulative since the attachment began.
struct KernelCounts {
  std::uint64_t packets = 0;
  std::uint64_t ring_full = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t ip_fragment = 0;

  bool operator==(const KernelCounts&) const = default;
};

// Any thread. Several threads may produce for the same tap and pod, each with an ExchangeBuffer and counters of its
// own; what they hand over is put in one order here, under a lock.
//
// Numbers and `first_exchange` tell of what was handed over: a batch that the queue refuses is gone whole, its number
// goes to the next one, and its records are counted as LOSS_CAUSE_BATCH_QUEUE_FULL, which that next one tells. So a gap
// in the numbers always means a message lost behind the queue, and no loss is told twice.
class BatchSequence {
 public:
  // `kernel`: the attachment's counts now; what came before this tap is not its own.
  explicit BatchSequence(const BatchIdentity& identity, const KernelCounts& kernel = {});

  // The counts now. Lower ones than before are taken for those of a new attachment. False when they are the same.
  bool kernel_counts(const KernelCounts& now);

  // Makes a batch of what `buffer` holds (nothing is fine), empties it, and offers it to `push`, a
  // `bool(std::string&& bytes, std::uint32_t exchanges)` that is false when there was no room. `since_last` is what the
  // calling thread counted since it last handed over; it is added to the totals either way. `push` runs under the lock,
  // so that batches are queued in the order of their numbers: it has to return at once and not call back.
  // `last`: the batch says that none follows; when it was refused it is to be handed over again, and once it was
  // accepted, nothing more is.
  template <typename Push>
  bool hand_over(ExchangeBuffer& buffer, const TapCounters& since_last, bool last, Push&& push) {
    const std::lock_guard lock(mutex_);
    const std::uint32_t exchanges = buffer.exchanges();
    std::string bytes = complete(buffer, since_last, last);
    const bool accepted = !ended_ && std::forward<Push>(push)(std::move(bytes), exchanges);
    settle(exchanges, last, accepted);
    return accepted;
  }

  [[nodiscard]] TapCounters totals() const;

 private:
  std::string complete(ExchangeBuffer& buffer, const TapCounters& since_last, bool last);
  void settle(std::uint32_t exchanges, bool last, bool accepted);

  const std::string prefix_;  // tap, pod and epoch, encoded
  mutable std::mutex mutex_;
  // Everything below: under mutex_.
  std::uint64_t next_number_ = 1;
  std::uint64_t handed_over_ = 0;  // exchange records
  bool ended_ = false;
  KernelCounts kernel_;
  TapCounters totals_;
};

}  // namespace podwire::wire
