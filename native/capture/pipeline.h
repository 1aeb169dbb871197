// From segments to batches: reassembly, exchanges, taps. One for each thread of a capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "capture/batch.h"
#include "capture/capture_totals.h"
#include "capture/destination_translation.h"
#include "capture/packet_counts.h"
#include "capture/shared_tap.h"
#include "capture/tap_writer.h"
#include "capture/unreadable_flows.h"
#include "exchange/capture_needs.h"
#include "exchange/exchange_engine.h"
#include "kernel/kernel_capture.h"
#include "tcp/flow_table.h"

namespace podwire::capture {

struct PipelineOptions {
  // Makes the ids of exchanges distinct from those of other threads and runs; a capture file has the same every time.
  std::uint64_t id_salt = 0;
  // Random where others choose the addresses.
  std::uint64_t hash_seed = 0;
  // How many pipelines share the memory that one may use.
  unsigned pipelines = 1;
  bool tells_packet_counts = true;
  // What the node translates; of a capture file nothing.
  std::shared_ptr<const TranslatedDestinations> translated = nullptr;
  std::shared_ptr<TranslationCounters> translation_counters = nullptr;
  // Of all pipelines of a capture; null: nobody asks.
  std::shared_ptr<CaptureTotals> totals = nullptr;
};

// Every method on one thread. Times are CLOCK_MONOTONIC, or a file's.
class Pipeline final : public kernel::SegmentSink,
                       private exchange::ExchangeSink,
                       private exchange::CaptureNeeds,
                       private tcp::SourceControl {
 public:
  // `source`, `counts` and `batches` must outlive the pipeline.
  Pipeline(const PipelineOptions& options, tcp::SourceControl& source, PacketCounts& counts, BatchSink& batches);
  ~Pipeline() override;

  void segment(const tcp::Segment& segment) override;
  // To be called every few milliseconds while the pipeline is not quiet, and some times a second otherwise.
  void advance(std::uint64_t now_monotime_ns);
  void set_wall_clock_offset(std::int64_t offset_ns) { wall_clock_offset_ns_ = offset_ns; }
  // For connections that are first shown from now on.
  void set_translated(std::shared_ptr<const TranslatedDestinations> translated) {
    translation_.set_destinations(std::move(translated));
  }

  // Those of `taps` that are not there yet; none ends. An attachment that is new begins when it was asked for.
  void begin_taps(std::uint32_t attachment_id, const std::vector<std::shared_ptr<SharedTap>>& taps,
                  std::uint64_t asked_monotime_ns);
  // As begin_taps; and a tap that is no longer there gets its open exchanges as detached, then its last batch.
  void set_taps(std::uint32_t attachment_id, const std::vector<std::shared_ptr<SharedTap>>& taps,
                std::uint64_t now_monotime_ns);
  // Ends its taps, then its connections. Nothing of it comes any more.
  void close_attachment(std::uint32_t attachment_id, std::uint64_t now_monotime_ns);
  // Ends its connections, so that what they still held is told, but not its taps.
  void close_connections(std::uint32_t attachment_id, std::uint64_t now_monotime_ns);
  // To every tap of the attachment.
  void lose(std::uint32_t attachment_id, wire::LossCause cause, std::uint64_t count);
  // Hands over every exchange that waits.
  void flush(std::uint64_t now_monotime_ns);

  // Nothing waits for time to pass.
  [[nodiscard]] bool quiet() const;
  // Whether any connection is followed; of none nothing comes to be due.
  [[nodiscard]] bool follows_any() const { return flows_.stats().flows > 0; }
  // No tap that ended waits to hand over its last batch.
  [[nodiscard]] bool settled() const { return ending_.empty(); }

 private:
  struct Attachment {
    std::vector<std::unique_ptr<TapWriter>> taps;
    std::uint32_t body_bytes = 0;  // the most that one of them wants
    UnreadableFlows unreadable;
    std::uint64_t begin_monotime_ns = 0;  // segments seen before are no part of it
  };
  // The engine calls a connection unreadable, then ignores it: the two calls come in a row.
  struct LastUnreadable {
    std::uint32_t attachment_id;
    UnreadableConnection connection;
  };

  void exchange(const exchange::ExchangeView& view) override;
  void loss(std::uint32_t attachment_id, exchange::LossCause cause, const tcp::Endpoint& server,
            const exchange::TlsNames& names) override;
  [[nodiscard]] std::uint32_t body_bytes(std::uint32_t attachment_id) override;
  void skip(std::uint32_t attachment_id, const tcp::Endpoint& source, const tcp::Endpoint& destination,
            std::uint32_t from_sequence, std::uint32_t until_sequence) override;
  void ignore(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) override;
  void forget(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) override;

  [[nodiscard]] Attachment* find(std::uint32_t attachment_id);
  Attachment& find_or_begin(std::uint32_t attachment_id, std::uint64_t begin_monotime_ns);
  [[nodiscard]] bool was_whole(const tcp::Segment& segment);
  static void settle_body_bytes(Attachment& attachment);
  void begin_tap(std::uint32_t attachment_id, Attachment& attachment, std::shared_ptr<SharedTap> tap);
  void end_taps(std::uint32_t attachment_id, std::vector<std::unique_ptr<TapWriter>> leaving);
  void show(const exchange::ExchangeView& view, std::span<const std::unique_ptr<TapWriter>> writers);
  [[nodiscard]] std::optional<tcp::Endpoint> backend_of(const exchange::ExchangeView& view);
  [[nodiscard]] std::optional<tcp::Endpoint> backend_of_current(std::uint32_t attachment_id,
                                                                const tcp::Endpoint& server);
  void tick();
  void tell_totals();

  tcp::SourceControl& source_;
  PacketCounts& counts_;
  BatchSink& batches_;
  const bool tells_packet_counts_;
  const std::shared_ptr<CaptureTotals> totals_;
  std::uint64_t copied_bytes_ = 0;  // not told yet
  std::size_t told_flows_ = 0;
  std::unordered_map<std::uint32_t, Attachment> attachments_;
  Attachment* found_ = nullptr;  // the one that was looked for last, while it is there
  std::uint32_t found_id_ = 0;
  std::vector<std::unique_ptr<TapWriter>> ending_;  // whose last batch was refused
  std::optional<LastUnreadable> last_unreadable_;
  std::uint64_t now_monotime_ns_ = 0;
  std::uint64_t tick_due_monotime_ns_ = 0;
  std::uint64_t latest_begin_monotime_ns_ = 0;
  std::int64_t wall_clock_offset_ns_ = 0;
  const tcp::Segment* current_ = nullptr;  // while it is worked on
  DestinationTranslation translation_;
  exchange::ExchangeEngine engine_;
  tcp::FlowTable flows_;  // last: its connections end first, into the engine
};

}  // namespace podwire::capture
