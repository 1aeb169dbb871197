// One TCP connection: two streams, and what each side's segments say about the other.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tcp/connection_sink.h"
#include "tcp/flow_events.h"
#include "tcp/flow_index.h"
#include "tcp/flow_key.h"
#include "tcp/flow_limits.h"
#include "tcp/flow_table_stats.h"
#include "tcp/memory_budget.h"
#include "tcp/reordering.h"
#include "tcp/stream.h"

namespace podwire::tcp {

struct IgnoredFlow {
  FlowSlot slot = kNoSlot;
  std::uint64_t flow_id = 0;
};

// What all connections of a table share; the table's.
struct ConnectionServices {
  const FlowLimits& limits;
  MemoryBudget& budget;
  FlowTableStats& stats;
  SourceControl& source;
  std::vector<IgnoredFlow>& ignored;  // whose sinks are to be closed when no call to a sink is under way
};

// How long silence may last: see FlowLimits.
enum class IdlePhase : std::uint8_t { kOpen, kSkipping, kHalfClosed, kOver };
constexpr std::size_t kIdlePhases = 4;

// Read while it has a sink. After that it stays for a while without one, so that stray segments begin no new flow.
class Connection final : public ConnectionControl {
 public:
  Connection(ConnectionServices& services, const ConnectionInfo& info, bool initiator_is_lower, FlowSlot slot);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override = default;

  // Begins to be read; with a null sink it is ignored.
  void open(ConnectionSinkFactory& factory);

  [[nodiscard]] const ConnectionInfo& info() const { return info_; }
  [[nodiscard]] bool has_key(const FlowKey& key) const {
    const Endpoint& lower = initiator_is_lower_ ? info_.initiator : info_.responder;
    const Endpoint& upper = initiator_is_lower_ ? info_.responder : info_.initiator;
    return info_.attachment_id == key.attachment_id && lower == key.lower && upper == key.upper;
  }
  [[nodiscard]] bool read() const { return sink_ != nullptr; }
  // The side that sends from the lower or the upper endpoint of the key.
  [[nodiscard]] Side side_of(bool source_is_lower) const {
    return source_is_lower == initiator_is_lower_ ? Side::kInitiator : Side::kResponder;
  }
  [[nodiscard]] IdlePhase idle_phase() const {
    const Stream& one = stream(Side::kInitiator);
    const Stream& other = stream(Side::kResponder);
    if (one.ended() && other.ended()) return IdlePhase::kOver;
    if (one.source_skips() || other.source_skips()) return IdlePhase::kSkipping;
    return one.ended() || other.ended() ? IdlePhase::kHalfClosed : IdlePhase::kOpen;
  }
  // A SYN that belongs to a later connection on the same addresses and ports.
  [[nodiscard]] bool begins_anew(const Segment& segment, Side side) const;
  // Null when nothing has waited since end_reordering().
  [[nodiscard]] Reordering* reordering() { return reordering_.get(); }
  [[nodiscard]] std::optional<std::uint64_t> waiting_since_ns(Side side) const {
    return stream(side).waiting_since_ns();
  }
  // After the reorder queue was brought up to date: frees it when nothing waits.
  void end_reordering() {
    if (!stream(Side::kInitiator).buffers() && !stream(Side::kResponder).buffers()) reordering_.reset();
  }

  void segment(const Segment& segment, Side side);
  void expire(Side side, std::uint64_t since_ns);
  // True: its sink rests. Not while bytes wait, which may be given up before the next segment.
  [[nodiscard]] bool rest();
  // Tells what waits, closes and destroys the sink; the source may forget the flow.
  void close(CloseCause cause, std::uint64_t now_monotime_ns);
  // The same for a sink that asked to be left alone: it is told nothing more, and the source remembers.
  void close_ignored(std::uint64_t now_monotime_ns);
  // Before the connection is destroyed.
  void release();

  void skip(Side side, std::uint64_t bytes) override;
  void refuse_left_out(Side side) override;
  void ignore() override;

 private:
  [[nodiscard]] const Endpoint& endpoint(Side side) const {
    return side == Side::kInitiator ? info_.initiator : info_.responder;
  }
  [[nodiscard]] Stream& stream(Side side) { return streams_[static_cast<std::size_t>(side)]; }
  [[nodiscard]] const Stream& stream(Side side) const { return streams_[static_cast<std::size_t>(side)]; }
  [[nodiscard]] StreamContext context(Side side) {
    return {*sink_, muted_, side, services_.stats, stream(opposite(side)), services_.budget, reordering_};
  }

  void segment_unread(const Segment& segment, Side side);
  void acknowledge(const Segment& segment, Side side);
  void reset(const Segment& segment, Side side);
  void finish(CloseCause cause, std::uint64_t now_monotime_ns);
  void forget_at_source();
  void arm_source(Side side);
  void tell_source(Side side, const SequenceRange& skip);

  ConnectionServices& services_;
  std::unique_ptr<ConnectionSink> sink_;
  std::unique_ptr<Reordering> reordering_;  // before the streams, whose buffers draw on its account
  std::array<Stream, 2> streams_;
  const ConnectionInfo info_;
  FlowSlot slot_;
  bool initiator_is_lower_;
  bool muted_ = false;
  bool told_source_ = false;
};

}  // namespace podwire::tcp
