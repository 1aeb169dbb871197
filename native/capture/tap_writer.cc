#include "capture/tap_writer.h"

#include <utility>

#include "kernel/kernel_capture.h"

namespace podwire::capture {

TapWriter::TapWriter(std::shared_ptr<SharedTap> tap, const BatchOutlet& outlet, std::uint64_t now_monotime_ns)
    : tap_(std::move(tap)), outlet_(outlet), session_(tap_->tap()), handed_over_monotime_ns_(now_monotime_ns) {}

void TapWriter::exchange(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns,
                         std::int64_t wall_clock_offset_ns) {
  session_.set_wall_clock_offset(wall_clock_offset_ns);
  if (session_.consider(view, now_monotime_ns) != tap::Outcome::kPublished) return;
  buffer_.add(view, session_.encoding_rules());
  if (buffer_.bytes() >= kBatchBytes) hand_over(now_monotime_ns, false);
}

void TapWriter::flush_if_due(std::uint64_t now_monotime_ns) {
  const std::uint64_t interval_ns = has_exchanges() ? kBatchIntervalNs : kCountersIntervalNs;
  // A segment's time may lie a little before that of the round in which a batch was handed over.
  if (now_monotime_ns < handed_over_monotime_ns_ + interval_ns) return;
  if (now_monotime_ns >= handed_over_monotime_ns_ + kCountersIntervalNs) tell_packet_counts();
  hand_over(now_monotime_ns, false);
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
  return tap_->sequence().hand_over(buffer_, take_counters(), last, [&](std::string&& bytes, std::uint32_t exchanges) {
    return outlet_.sink->push({tap_->subject_key(), std::move(bytes), exchanges});
  });
}

wire::TapCounters TapWriter::take_counters() {
  wire::TapCounters counters = session_.take_counters();
  counters.merge(std::exchange(extra_, {}));
  return counters;
}

void TapWriter::tell_packet_counts() {
  if (!outlet_.tells_packet_counts) return;
  try {
    tap_->sequence().kernel_counts(outlet_.counts->packet_counts(outlet_.attachment_id));
  } catch (const kernel::KernelError&) {
    // The attachment is gone, and its last counts were told.
  }
}

}  // namespace podwire::capture
