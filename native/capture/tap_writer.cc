#include "capture/tap_writer.h"

#include <algorithm>
#include <utility>

#include "kernel/kernel_capture.h"

namespace podwire::capture {

TapWriter::TapWriter(std::shared_ptr<SharedTap> tap, const BatchOutlet& outlet, std::uint64_t now_monotime_ns)
    : tap_(std::move(tap)),
      outlet_(outlet),
      session_(tap_->tap()),
      // As if a batch had been handed over long enough ago: the first exchange does not wait.
      handed_over_monotime_ns_(now_monotime_ns - std::min(now_monotime_ns, kBatchIntervalNs)),
      looked_monotime_ns_(now_monotime_ns) {}

void TapWriter::exchange(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns,
                         std::int64_t wall_clock_offset_ns) {
  session_.set_wall_clock_offset(wall_clock_offset_ns);
  const tap::Outcome outcome = session_.consider(view, now_monotime_ns);
  if (outcome == tap::Outcome::kSkipped) samples_ = true;
  if (outcome != tap::Outcome::kPublished) return;
  if (!has_exchanges()) oldest_monotime_ns_ = now_monotime_ns;
  buffer_.add(view, session_.encoding_rules());
  if (buffer_.bytes() >= kBatchBytes) hand_over_full(now_monotime_ns);
}

std::uint64_t TapWriter::interval_ns() const {
  if (!is_waiting()) return kCountersIntervalNs;
  if (samples_) return kSampledBatchIntervalNs;
  const std::uint32_t exchanges = buffer_.exchanges() + unannounced_exchanges_;
  if (exchanges < kBusyBatchExchanges) return kBatchIntervalNs;
  return exchanges < kBusiestBatchExchanges ? kBusyBatchIntervalNs : kBusiestBatchIntervalNs;
}

void TapWriter::flush_if_due(std::uint64_t now_monotime_ns) {
  // Counters alone are looked at with the whole second: by that time the thread's wake-up is measured.
  const std::uint64_t since_monotime_ns =
      is_waiting() ? handed_over_monotime_ns_
                   : handed_over_monotime_ns_ - handed_over_monotime_ns_ % kCountersIntervalNs;
  // A segment's time may lie a little before that of the round in which a batch was handed over.
  if (now_monotime_ns < since_monotime_ns + interval_ns()) return;
  if (unannounced_exchanges_ > 0 && !has_exchanges()) return announce(now_monotime_ns);
  bool due = has_exchanges() || !told_all_ || now_monotime_ns >= since_monotime_ns + kUnchangedIntervalNs;
  if (now_monotime_ns >= looked_monotime_ns_ + kCountersIntervalNs) {
    // All taps look at the same times, so that a quiet thread wakes once for all.
    looked_monotime_ns_ = now_monotime_ns - now_monotime_ns % kCountersIntervalNs;
    due = look_for_news() || due;
  }
  if (due) hand_over(now_monotime_ns, false);
}

bool TapWriter::look_for_news() {
  const bool packets = tell_packet_counts();
  extra_.merge(session_.take_counters());
  return packets || !extra_.empty();
}

bool TapWriter::finish(std::uint64_t now_monotime_ns) {
  if (phase_ == Phase::kRunning) {
    tell_packet_counts();
    // Which thread is the last shows only once each has handed over what it holds.
    if (!tap_->is_alone()) hand_over(now_monotime_ns, false);
    phase_ = tap_->leave() ? Phase::kLastBatch : Phase::kDone;
  }
  if (phase_ == Phase::kLastBatch && hand_over(now_monotime_ns, true)) phase_ = Phase::kDone;
  return phase_ == Phase::kDone;
}

bool TapWriter::hand_over(std::uint64_t now_monotime_ns, bool last) {
  handed_over_monotime_ns_ = now_monotime_ns;
  samples_ = false;
  unannounced_exchanges_ = 0;
  return push(last, false);
}

void TapWriter::hand_over_full(std::uint64_t now_monotime_ns) {
  const std::uint32_t exchanges = buffer_.exchanges();
  if (now_monotime_ns >= handed_over_monotime_ns_ + interval_ns()) {
    hand_over(now_monotime_ns, false);
  } else if (push(false, true)) {
    unannounced_exchanges_ += exchanges;
  }
}

void TapWriter::announce(std::uint64_t now_monotime_ns) {
  handed_over_monotime_ns_ = now_monotime_ns;
  unannounced_exchanges_ = 0;
  outlet_.sink->announce();
}

bool TapWriter::push(bool last, bool can_wait) {
  const wire::TapCounters since_last = take_counters();
  if (outlet_.totals != nullptr) outlet_.totals->judged(since_last);
  told_all_ = false;
  return tap_->sequence().hand_over(buffer_, since_last, last, [&](std::string&& bytes, std::uint32_t exchanges) {
    const std::uint64_t oldest_monotime_ns = exchanges == 0 ? 0 : oldest_monotime_ns_;
    const bool taken = outlet_.sink->push({.subject_key = tap_->subject_key(),
                                           .bytes = std::move(bytes),
                                           .exchanges = exchanges,
                                           .oldest_monotime_ns = oldest_monotime_ns,
                                           .can_wait = can_wait,
                                           .last = last});
    if (!taken && outlet_.totals != nullptr) {
      outlet_.totals->lost(wire::LossCause::LOSS_CAUSE_BATCH_QUEUE_FULL, exchanges);
    }
    told_all_ = taken && exchanges == 0;
    return taken;
  });
}

wire::TapCounters TapWriter::take_counters() {
  wire::TapCounters counters = session_.take_counters();
  counters.merge(std::exchange(extra_, {}));
  return counters;
}

bool TapWriter::tell_packet_counts() {
  if (!outlet_.tells_packet_counts) return false;
  try {
    return tap_->sequence().kernel_counts(outlet_.counts->packet_counts(outlet_.attachment_id));
  } catch (const kernel::KernelError&) {
    // The attachment is gone, and its last counts were told.
    return false;
  }
}

}  // namespace podwire::capture
