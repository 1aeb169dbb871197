#include "wire/batch_sequence.h"

#include "wire/fields.h"

namespace podwire::wire {
namespace {

// For addresses, counters and the fields around them, so that a batch is seldom moved while it is completed.
constexpr std::size_t kTrailerBytes = 1024;

std::string encode_prefix(const BatchIdentity& identity) {
  std::string prefix;
  protozero::pbf_builder<TapBatchField> batch{prefix};
  append_text(prefix, TapBatchField::tap_, Text(identity.tap));
  if (identity.pod) {
    add_present_message<PodField>(prefix, batch, TapBatchField::pod_, [&](auto&) {
      append_text(prefix, PodField::namespace_, Text(identity.pod->pod_namespace));
      append_text(prefix, PodField::name_, Text(identity.pod->name));
      append_text(prefix, PodField::node_, Text(identity.pod->node));
    });
  }
  batch.add_fixed32(TapBatchField::epoch_, identity.epoch);
  return prefix;
}

bool is_continuation(const KernelCounts& before, const KernelCounts& now) {
  return now.packets >= before.packets && now.ring_full >= before.ring_full && now.unreadable >= before.unreadable &&
         now.ip_fragment >= before.ip_fragment;
}

}  // namespace

BatchSequence::BatchSequence(const BatchIdentity& identity, const KernelCounts& kernel)
    : prefix_(encode_prefix(identity)), kernel_(kernel) {}

bool BatchSequence::kernel_counts(const KernelCounts& now) {
  const std::lock_guard lock(mutex_);
  if (now == kernel_) return false;
  const KernelCounts before = is_continuation(kernel_, now) ? kernel_ : KernelCounts{};
  totals_.packets += now.packets - before.packets;
  totals_.lose(LossCause::LOSS_CAUSE_KERNEL_RING_FULL, now.ring_full - before.ring_full);
  totals_.lose(LossCause::LOSS_CAUSE_KERNEL_UNREADABLE_PACKET, now.unreadable - before.unreadable);
  totals_.lose(LossCause::LOSS_CAUSE_IP_FRAGMENT, now.ip_fragment - before.ip_fragment);
  kernel_ = now;
  return true;
}

TapCounters BatchSequence::totals() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

std::string BatchSequence::complete(ExchangeBuffer& buffer, const TapCounters& since_last, bool last) {
  totals_.merge(since_last);
  std::string bytes;
  bytes.reserve(prefix_.size() + buffer.bytes() + kTrailerBytes);
  bytes.append(prefix_);
  buffer.move_to(bytes);
  protozero::pbf_builder<TapBatchField> batch{bytes};
  batch.add_uint64(TapBatchField::number_, next_number_);
  batch.add_uint64(TapBatchField::first_exchange_, handed_over_);
  append_tap_counters(totals_, bytes);
  if (last) batch.add_bool(TapBatchField::last_, true);
  return bytes;
}

void BatchSequence::settle(std::uint32_t exchanges, bool last, bool accepted) {
  if (!accepted) {
    totals_.lose(LossCause::LOSS_CAUSE_BATCH_QUEUE_FULL, exchanges);
    return;
  }
  ++next_number_;
  handed_over_ += exchanges;
  ended_ = last;
}

}  // namespace podwire::wire
