// A running capture: what is attached, which taps want it, and the threads that read it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "capture/batch.h"
#include "capture/capture_totals.h"
#include "capture/destination_translation.h"
#include "capture/invalid_spec.h"
#include "capture/ring_thread.h"
#include "capture/shared_tap.h"
#include "kernel/kernel_capture.h"
#include "tap/redaction_rules.h"

namespace podwire::capture {

struct TapDefinition {
  std::string subject_key;  // goes back with each batch
  std::string tap;          // its id
  wire::PodName pod;
  std::string spec;  // an encoded TapSpec

  [[nodiscard]] bool operator==(const TapDefinition& other) const;
};

// Called on threads of the capture; they have to return at once and not call back.
struct LiveCaptureEvents {
  std::function<void(const std::string& sentence)> failed;
  // The threads that `close` waits for have done their work.
  std::function<void()> closed;
};

// Every method on one thread. Threads and kernel objects exist only while something is attached. Failures throw
// kernel::KernelError.
class LiveCapture {
 public:
  // `batches` must outlive this. `rules`: for every tap; null: none.
  LiveCapture(const kernel::KernelCaptureOptions& options, BatchSink& batches, LiveCaptureEvents events,
              std::shared_ptr<const tap::RedactionRules> rules = nullptr);
  // Detaches everything and joins the threads, without last batches unless `close` came to its end.
  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  [[nodiscard]] std::uint32_t attach(const kernel::NamespaceSource& source,
                                     kernel::Loopback loopback = kernel::Loopback::kAtOnce);
  // A tap that is there with the same definition goes on undisturbed; others of the attachment end. Throws InvalidSpec,
  // and then nothing has changed.
  void set_taps(std::uint32_t attachment_id, const std::vector<TapDefinition>& taps);
  // For connections that are first shown from now on. Threads ask the connection tracking of the network namespace that
  // the first `attach` after none was there is called in.
  void set_translated(TranslatedDestinations translated);
  [[nodiscard]] const TranslationCounters& translation_counters() const { return *translation_counters_; }
  // Since this began, over all that was ever attached. Any thread.
  [[nodiscard]] CaptureTotals& totals() const { return *totals_; }
  // How full each ring is now; none while nothing is attached.
  [[nodiscard]] std::vector<kernel::RingFill> ring_fills() const { return kernel_.ring_fills(); }
  void detach(std::uint32_t attachment_id);
  [[nodiscard]] kernel::AttachmentState state(std::uint32_t attachment_id) const;
  // Attachments whose state is another than `state` has last returned, or cannot be read.
  [[nodiscard]] std::vector<std::uint32_t> changed() const;
  // Ends every tap, detaches everything; `closed` is called when the last batches are in the sink. Only once, and no
  // other method but `state` after it.
  void close();

 private:
  struct RunningTap {
    TapDefinition definition;
    std::shared_ptr<SharedTap> shared;
  };
  using Taps = std::vector<RunningTap>;

  [[nodiscard]] std::shared_ptr<tap::Tap> tap_of(const TapDefinition& definition);
  [[nodiscard]] Taps begin_taps(std::uint32_t attachment_id, const Taps& before,
                                const std::vector<TapDefinition>& taps);
  [[nodiscard]] Taps& taps_at(std::uint32_t attachment_id);
  void tell_wants(std::uint32_t attachment_id, const Taps& taps);
  void start_threads();
  void finish_threads();
  void join_threads();
  void post(const RingCommand& command);
  void thread_finished();
  void tell_closed();

  const kernel::KernelCaptureOptions options_;
  BatchSink& batches_;
  const LiveCaptureEvents events_;
  const std::shared_ptr<const tap::RedactionRules> rules_;
  kernel::KernelCapture kernel_;
  std::map<std::uint32_t, Taps> attachments_;
  // By id and spec: all pods of a tap on this node share one, and with it the tap's rate.
  std::map<std::pair<std::string, std::string>, std::weak_ptr<tap::Tap>> taps_;
  std::shared_ptr<const TranslatedDestinations> translated_ = std::make_shared<TranslatedDestinations>();
  const std::shared_ptr<TranslationCounters> translation_counters_ = std::make_shared<TranslationCounters>();
  const std::shared_ptr<CaptureTotals> totals_ = std::make_shared<CaptureTotals>();
  bool finishing_ = false;  // the threads were told to finish
  std::atomic<bool> closing_{false};
  std::atomic_flag closed_told_;  // `closed` was called
  std::atomic<unsigned> threads_running_{0};
  std::vector<std::unique_ptr<RingThread>> threads_;  // last: they end before what they use
};

}  // namespace podwire::capture
