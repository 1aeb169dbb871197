#include "capture/file_capture.h"

#include <memory>
#include <utility>

#include "capture/file/capture_file.h"
#include "capture/file/descriptor_source.h"
#include "capture/file/file_clock.h"
#include "capture/file/file_problem.h"
#include "capture/invalid_spec.h"
#include "capture/pipeline.h"
#include "capture/shared_tap.h"

namespace podwire::capture {

namespace {

constexpr std::uint32_t kAttachment = 0;  // as segments of a file have it
constexpr std::uint32_t kEpoch = 1;       // there is no other run to be told from

// A file has nothing to skip.
class FileSource final : public tcp::SourceControl, public PacketCounts {
 public:
  void skip(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&, std::uint32_t, std::uint32_t) override {}
  void ignore(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  void forget(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  [[nodiscard]] wire::KernelCounts packet_counts(std::uint32_t) override {
    return {.packets = counters.tcp_packets, .unreadable = counters.unreadable, .ip_fragment = counters.ip_fragments};
  }

  FileCounters counters;
};

class FileCapture {
 public:
  FileCapture(std::shared_ptr<tap::Tap> tap, BatchSink& batches)
      : pipeline_(PipelineOptions(), source_, source_, batches),
        tap_(std::make_shared<SharedTap>(std::string(), std::move(tap),
                                         wire::BatchIdentity{.tap = {}, .pod = {}, .epoch = kEpoch},
                                         wire::KernelCounts(), 1)) {
    pipeline_.set_taps(kAttachment, {tap_}, clock_.now_ns());
  }

  FileCaptureResult read(int descriptor, const StopSignal& stop) {
    FileCaptureResult result;
    try {
      const auto hand_over = [this] { pipeline_.flush(clock_.now_ns()); };
      file_.emplace(std::make_unique<DescriptorSource>(descriptor, stop, hand_over));
      for (tcp::Segment segment; !stop.raised() && file_->next(segment);) take(segment);
    } catch (const FileProblem& problem) {
      result.problem = problem.what();
    } catch (const ReadAborted&) {
    }
    result.aborted = stop.raised();
    finish();
    result.packets = source_.counters.packets;
    return result;
  }

 private:
  void take(tcp::Segment& segment) {
    segment.seen_monotime_ns = clock_.monotime_ns(segment.seen_monotime_ns);
    source_.counters = file_->counters();
    pipeline_.set_wall_clock_offset(clock_.wall_clock_offset_ns());
    pipeline_.segment(segment);
  }

  void finish() {
    if (file_) source_.counters = file_->counters();
    pipeline_.close_connections(kAttachment, clock_.now_ns());
    pipeline_.lose(kAttachment, wire::LossCause::LOSS_CAUSE_TRUNCATED, source_.counters.truncated);
    pipeline_.set_taps(kAttachment, {}, clock_.now_ns());
  }

  FileClock clock_;
  FileSource source_;
  std::optional<CaptureFile> file_;
  Pipeline pipeline_;
  std::shared_ptr<SharedTap> tap_;
};

}  // namespace

FileCaptureResult read_capture_file(int descriptor, std::string_view spec, BatchSink& batches, const StopSignal& stop) {
  return FileCapture(std::make_shared<tap::Tap>(decode_spec(spec)), batches).read(descriptor, stop);
}

}  // namespace podwire::capture
