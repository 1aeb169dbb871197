// A tap's part on one thread: judges exchanges, encodes what it shows, and hands it over in batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "capture/batch.h"
#include "capture/capture_totals.h"
#include "capture/packet_counts.h"
#include "capture/shared_tap.h"
#include "exchange/exchange.h"
#include "tap/tap_session.h"
#include "wire/exchange_buffer.h"

namespace podwire::capture {

// A batch is handed over when it has reached this size (so that Node.js, which reads 64 KiB at a time, gets most of
// them in one piece) …
inline constexpr std::size_t kBatchBytes = 48 * 1024;
// … or this long after the one before it …
inline constexpr std::uint64_t kBatchIntervalNs = 5'000'000;
// … or, with so many exchanges since then that what a batch costs on its way counts for more than when it arrives, this
// long. A batch that was full before then waits for the others of that time: each time wakes four processes, which find
// their caches cold and leave those of the observed so …
inline constexpr std::uint32_t kBusyBatchExchanges = 10;
inline constexpr std::uint64_t kBusyBatchIntervalNs = 15'000'000;
inline constexpr std::uint32_t kBusiestBatchExchanges = 60;
inline constexpr std::uint64_t kBusiestBatchIntervalNs = 45'000'000;
// … or, where the rate leaves some out, this long: whoever reads a sample does not wait for each of it, and permits
// that come evenly would be a batch each …
inline constexpr std::uint64_t kSampledBatchIntervalNs = 50'000'000;
// … and without exchanges, for its counters alone, so long after. Once a batch without exchanges has told all there is,
// nothing changed that anybody waits for …
inline constexpr std::uint64_t kCountersIntervalNs = 1'000'000'000;
// … and it is said again so long after, so that a message that was lost on the way is missed before long.
inline constexpr std::uint64_t kUnchangedIntervalNs = 5'000'000'000;

// Where a thread's batches go, and whose counters they tell.
struct BatchOutlet {
  BatchSink* sink = nullptr;        // not owned
  PacketCounts* counts = nullptr;   // not owned
  CaptureTotals* totals = nullptr;  // not owned; null: nobody asks
  std::uint32_t attachment_id = 0;
  bool tells_packet_counts = false;  // on one thread of a capture, so that they never seem to go back
};

class TapWriter {
 public:
  TapWriter(std::shared_ptr<SharedTap> tap, const BatchOutlet& outlet, std::uint64_t now_monotime_ns);

  [[nodiscard]] const SharedTap* tap() const { return tap_.get(); }
  [[nodiscard]] std::uint32_t body_bytes() const { return tap_->tap()->spec().body_bytes; }

  void exchange(const exchange::ExchangeView& view, std::uint64_t now_monotime_ns, std::int64_t wall_clock_offset_ns);
  void loss(exchange::LossCause cause, const tcp::Endpoint& server, const exchange::TlsNames& names,
            const std::optional<tcp::Endpoint>& backend) {
    session_.loss(cause, server, names, backend);
  }
  // Of a cause that the engine does not know.
  void loss(wire::LossCause cause, std::uint64_t count) { extra_.lose(cause, count); }

  void flush_if_due(std::uint64_t now_monotime_ns);
  void flush(std::uint64_t now_monotime_ns) { hand_over(now_monotime_ns, false); }
  [[nodiscard]] bool has_exchanges() const { return buffer_.exchanges() > 0; }
  // Whether something is to be handed over or announced before long.
  [[nodiscard]] bool is_waiting() const { return has_exchanges() || unannounced_exchanges_ > 0; }

  // Nothing more comes for this tap here. True when there is nothing left to do; otherwise the last batch was refused,
  // and this is to be called again.
  [[nodiscard]] bool finish(std::uint64_t now_monotime_ns);

 private:
  [[nodiscard]] std::uint64_t interval_ns() const;
  // Whether there are counters that no batch has told. Reads those of the kernel.
  [[nodiscard]] bool look_for_news();
  bool hand_over(std::uint64_t now_monotime_ns, bool last);
  // A full batch, before its time.
  void hand_over_full(std::uint64_t now_monotime_ns);
  void announce(std::uint64_t now_monotime_ns);
  bool push(bool last, bool can_wait);
  [[nodiscard]] wire::TapCounters take_counters();
  // False when they are as they were told.
  bool tell_packet_counts();

  std::shared_ptr<SharedTap> tap_;
  BatchOutlet outlet_;
  tap::TapSession session_;
  wire::ExchangeBuffer buffer_;
  wire::TapCounters extra_;
  std::uint64_t handed_over_monotime_ns_;  // or announced
  bool samples_ = false;                   // the rate left something out since a batch was handed over
  std::uint32_t unannounced_exchanges_ = 0;
  std::uint64_t looked_monotime_ns_;      // for news of the counters
  bool told_all_ = false;                 // the batch that was handed over last was taken, and had no exchanges
  std::uint64_t oldest_monotime_ns_ = 0;  // of the first exchange in `buffer_`, when there is one
  enum class Phase : std::uint8_t { kRunning, kLastBatch, kDone } phase_ = Phase::kRunning;
};

}  // namespace podwire::capture
