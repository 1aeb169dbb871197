#include "capture/live_capture.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include "capture/kernel_source.h"
#include "capture/monotonic_clock.h"
#include "capture/wanted_ports.h"

namespace podwire::capture {

namespace {

std::uint64_t random64() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

class DiscardingSink final : public kernel::SegmentSink {
 public:
  void segment(const tcp::Segment&) override {}
};

}  // namespace

bool TapDefinition::operator==(const TapDefinition& other) const {
  return subject_key == other.subject_key && tap == other.tap && spec == other.spec &&
         pod.pod_namespace == other.pod.pod_namespace && pod.name == other.pod.name && pod.node == other.pod.node;
}

LiveCapture::LiveCapture(const kernel::KernelCaptureOptions& options, BatchSink& batches, LiveCaptureEvents events,
                         std::shared_ptr<const tap::RedactionRules> rules)
    : options_(options), batches_(batches), events_(std::move(events)), rules_(std::move(rules)), kernel_(options) {}

LiveCapture::~LiveCapture() {
  for (const auto& thread : threads_) thread->abandon();
  kernel_.wake();
  join_threads();
}

std::uint32_t LiveCapture::attach(const kernel::NamespaceSource& source, kernel::Loopback loopback) {
  const std::uint32_t attachment_id = kernel_.attach(source, loopback);
  attachments_.try_emplace(attachment_id);
  if (finishing_) join_threads();
  if (threads_.empty()) start_threads();
  return attachment_id;
}

void LiveCapture::set_taps(std::uint32_t attachment_id, const std::vector<TapDefinition>& definitions) {
  Taps& running = taps_at(attachment_id);
  Taps taps = begin_taps(attachment_id, running, definitions);
  SetTaps command{.attachment_id = attachment_id, .asked_monotime_ns = monotime_ns(), .taps = {}};
  for (const RunningTap& tap : taps) command.taps.push_back(tap.shared);
  tell_wants(attachment_id, taps);
  running = std::move(taps);
  post(command);
}

void LiveCapture::tell_wants(std::uint32_t attachment_id, const Taps& taps) {
  std::vector<const tap::TapSpec*> specs;
  for (const RunningTap& tap : taps) specs.push_back(&tap.shared->tap()->spec());
  const bool bodies = std::ranges::any_of(specs, [](const tap::TapSpec* spec) { return spec->body_bytes > 0; });
  kernel_.set_wants(attachment_id, {.ports = wanted_ports(specs, !translated_->none()), .bodies = bodies});
}

void LiveCapture::set_translated(TranslatedDestinations translated) {
  translated_ = std::make_shared<const TranslatedDestinations>(std::move(translated));
  post(SetTranslated{translated_});
  for (const auto& [attachment_id, taps] : attachments_) tell_wants(attachment_id, taps);
}

LiveCapture::Taps LiveCapture::begin_taps(std::uint32_t attachment_id, const Taps& before,
                                          const std::vector<TapDefinition>& definitions) {
  const wire::KernelCounts counts = KernelSource(kernel_).packet_counts(attachment_id);
  Taps taps;
  for (const TapDefinition& definition : definitions) {
    const auto running = std::ranges::find(before, definition, &RunningTap::definition);
    if (running != before.end()) {
      taps.push_back(*running);
      continue;
    }
    const wire::BatchIdentity identity{
        .tap = definition.tap, .pod = definition.pod, .epoch = static_cast<std::uint32_t>(random64())};
    taps.push_back({definition, std::make_shared<SharedTap>(definition.subject_key, tap_of(definition), identity,
                                                            counts, options_.rings)});
  }
  return taps;
}

std::shared_ptr<tap::Tap> LiveCapture::tap_of(const TapDefinition& definition) {
  std::erase_if(taps_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<tap::Tap>& known = taps_[{definition.tap, definition.spec}];
  if (std::shared_ptr<tap::Tap> tap = known.lock()) return tap;
  const auto tap = std::make_shared<tap::Tap>(decode_spec(definition.spec), rules_);
  known = tap;
  return tap;
}

void LiveCapture::detach(std::uint32_t attachment_id) {
  static_cast<void>(taps_at(attachment_id));
  attachments_.erase(attachment_id);
  post(CloseAttachment{attachment_id, std::make_shared<std::atomic<unsigned>>(options_.rings)});
  if (attachments_.empty()) finish_threads();
}

kernel::AttachmentState LiveCapture::state(std::uint32_t attachment_id) const {
  if (!attachments_.contains(attachment_id)) {
    throw kernel::KernelError(kernel::ErrorCode::kNoSuchAttachment,
                              "there is no attachment " + std::to_string(attachment_id));
  }
  return kernel_.state(attachment_id);
}

// One that is being detached has no state any more.
std::vector<std::uint32_t> LiveCapture::changed() const {
  std::vector<std::uint32_t> changed = kernel_.changed();
  std::erase_if(changed, [this](std::uint32_t id) { return !attachments_.contains(id); });
  return changed;
}

void LiveCapture::close() {
  closing_.store(true);
  while (!attachments_.empty()) detach(attachments_.begin()->first);
  if (threads_running_.load() == 0) tell_closed();
}

LiveCapture::Taps& LiveCapture::taps_at(std::uint32_t attachment_id) {
  const auto found = attachments_.find(attachment_id);
  if (found != attachments_.end()) return found->second;
  throw kernel::KernelError(kernel::ErrorCode::kNoSuchAttachment,
                            "there is no attachment " + std::to_string(attachment_id));
}

void LiveCapture::start_threads() {
  const RingThreadEvents events{.failed = events_.failed, .finished = [this] { thread_finished(); }};
  threads_running_.store(options_.rings);
  for (unsigned ring = 0; ring < options_.rings; ++ring) {
    const PipelineOptions options{.id_salt = random64(),
                                  .hash_seed = random64(),
                                  .pipelines = options_.rings,
                                  .tells_packet_counts = ring == 0,
                                  .translated = translated_,
                                  .translation_counters = translation_counters_,
                                  .totals = totals_};
    threads_.push_back(std::make_unique<RingThread>(kernel_, ring, options, batches_, events));
  }
}

// They end once the last batches are handed over; they are joined when they are next needed, or with the capture.
void LiveCapture::finish_threads() {
  post(Finish{});
  finishing_ = true;
}

void LiveCapture::join_threads() {
  threads_.clear();
  finishing_ = false;
}

void LiveCapture::post(const RingCommand& command) {
  for (const auto& thread : threads_) thread->post(command);
  kernel_.wake();
}

// On a ring's thread, as the last thing it does. The last of them sees to it that the rings are let go, which
// KernelCapture does at the first read after the last detach.
void LiveCapture::thread_finished() {
  if (threads_running_.fetch_sub(1) != 1) return;
  DiscardingSink nowhere;
  for (unsigned ring = 0; ring < options_.rings; ++ring) {
    try {
      static_cast<void>(kernel_.read(ring, nowhere, std::chrono::milliseconds(0)));
    } catch (const kernel::KernelError&) {
      // Nothing is attached: there is nothing to be lost.
    }
  }
  if (closing_.load()) tell_closed();
}

void LiveCapture::tell_closed() {
  if (!closed_told_.test_and_set()) events_.closed();
}

}  // namespace podwire::capture
