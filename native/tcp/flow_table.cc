#include "tcp/flow_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace podwire::tcp {
namespace {

// How often segments alone run the timers.
constexpr std::uint64_t kTimerIntervalNs = 10 * kNsPerMs;

Hook opposite_hook(Hook hook) {
  if (hook == Hook::kIngress) return Hook::kEgress;
  if (hook == Hook::kEgress) return Hook::kIngress;
  return hook;
}

// A SYN with ACK answers the initiator; anything else seen first makes its sender the initiator.
bool sent_by_responder(const Segment& segment) { return segment.flags.syn && segment.flags.ack; }

// RST and bare FIN or ACK of an unknown flow say nothing that anyone could use.
bool may_begin_flow(const Segment& segment) {
  return !segment.flags.rst && (segment.flags.syn || segment.payload_bytes > 0);
}

}  // namespace

FlowTable::FlowTable(const FlowLimits& limits, ConnectionSinkFactory& factory, SourceControl& source)
    : limits_(limits),
      factory_(factory),
      budget_(limits.total_buffer_bytes, limits.flow_buffer_bytes),
      services_{limits_, budget_, stats_, source, ignored_},
      idle_(pool_),
      sink_bytes_(factory.sink_bytes()),
      resting_sink_bytes_(factory.resting_sink_bytes()) {}

FlowTable::~FlowTable() { close_all(now_ns_); }

void FlowTable::segment(const Segment& segment) {
  now_ns_ = std::max(now_ns_, segment.seen_monotime_ns);
  if (now_ns_ >= timers_due_ns_) run_timers();
  ++stats_.segments;
  const FlowKey key = flow_key(segment);
  const bool from_lower = source_is_lower(segment);
  const std::uint32_t hash = flow_hash(key, limits_.hash_seed);
  FlowSlot slot = find(key, hash);
  if (slot != kNoSlot) {
    const Connection& known = *pool_.entry(slot).connection;
    if (known.begins_anew(segment, known.side_of(from_lower))) {
      close(slot, CloseCause::kReused);
      remove(slot);
      slot = kNoSlot;
    }
  }
  if (slot == kNoSlot) {
    if (!may_begin_flow(segment)) {
      ++stats_.stray_segments;
      return;
    }
    slot = open(segment, key, hash);
  }
  FlowEntry& entry = pool_.entry(slot);
  if (entry.rests) wake(entry);
  Connection& connection = *entry.connection;
  connection.segment(segment, connection.side_of(from_lower));
  close_ignored();
  settle(slot, true);
}

FlowSlot FlowTable::find(const FlowKey& key, std::uint32_t hash) const {
  return index_.find(hash, [&](FlowSlot slot) { return pool_.entry(slot).connection->has_key(key); });
}

FlowSlot FlowTable::open(const Segment& segment, const FlowKey& key, std::uint32_t hash) {
  make_room();
  const bool answer = sent_by_responder(segment);
  const Endpoint& initiator = answer ? segment.destination : segment.source;
  const Endpoint& responder = answer ? segment.source : segment.destination;
  const ConnectionInfo info{
      .flow_id = ++flows_begun_,
      .attachment_id = segment.attachment_id,
      .initiator = initiator,
      .responder = responder,
      .initiator_hook = answer ? opposite_hook(segment.hook) : segment.hook,
      .joined_late = !segment.flags.syn,
  };
  ++stats_.opened;
  if (info.joined_late) ++stats_.joined_late;
  const FlowSlot slot = pool_.take();
  FlowEntry& entry = pool_.entry(slot);
  entry.hash = hash;
  entry.connection.emplace(services_, info, initiator == key.lower, slot);
  index_.insert(hash, slot);
  idle_.append(slot, IdlePhase::kOpen, now_ns_);
  entry.connection->open(factory_);
  if (entry.connection->read()) ++read_flows_;
  return slot;
}

void FlowTable::make_room() {
  while (pool_.size() > 0 && (pool_.size() >= limits_.max_flows ||
                              flow_bytes(pool_.size() + 1, read_flows_ + 1) > limits_.total_flow_bytes)) {
    const FlowSlot slot = idle_.longest_idle();
    close(slot, CloseCause::kEvicted);
    remove(slot);
  }
}

// The index is reckoned at the size it has for so many: that of now may be larger, after more of them.
std::uint64_t FlowTable::flow_bytes(std::size_t flows, std::size_t read_flows) const {
  return flows * FlowPool::kBytesPerFlow + FlowIndex::memory_bytes(flows) +
         (read_flows - resting_flows_) * sink_bytes_ + resting_flows_ * resting_sink_bytes_;
}

// After anything that a connection was told. `seen`: by a segment of its own.
void FlowTable::settle(FlowSlot slot, bool seen) {
  FlowEntry& entry = pool_.entry(slot);
  const IdlePhase phase = entry.connection->idle_phase();
  if (phase == IdlePhase::kOver) close(slot, CloseCause::kEnded);
  if (phase != entry.idle_phase || (seen && phase != IdlePhase::kOver)) idle_.touch(slot, phase, now_ns_);
  if (entry.connection->reordering() != nullptr) queue_waiting(slot);
}

void FlowTable::queue_waiting(FlowSlot slot) {
  Connection& connection = *pool_.entry(slot).connection;
  for (const Side side : {Side::kInitiator, Side::kResponder}) {
    reordering_.update(slot, side, *connection.reordering(), connection.waiting_since_ns(side));
  }
  connection.end_reordering();
}

void FlowTable::close(FlowSlot slot, CloseCause cause) {
  FlowEntry& entry = pool_.entry(slot);
  Connection& connection = *entry.connection;
  if (!connection.read()) return;
  wake(entry);
  --read_flows_;
  connection.close(cause, now_ns_);
}

void FlowTable::remove(FlowSlot slot) {
  FlowEntry& entry = pool_.entry(slot);
  if (entry.connection->reordering() != nullptr) {
    for (const Side side : {Side::kInitiator, Side::kResponder}) {
      reordering_.update(slot, side, *entry.connection->reordering(), std::nullopt);
    }
  }
  entry.connection->release();
  idle_.remove(slot);
  index_.erase(entry.hash, slot);
  pool_.give_back(slot);
}

void FlowTable::advance(std::uint64_t now_monotime_ns) {
  now_ns_ = std::max(now_ns_, now_monotime_ns);
  run_timers();
}

void FlowTable::run_timers() {
  close_ignored();
  expire_reordering();
  expire_idle();
  rest_quiet();
  timers_due_ns_ = now_ns_ + kTimerIntervalNs;
}

void FlowTable::expire_reordering() {
  if (now_ns_ < limits_.reorder_timeout_ns) return;
  const std::uint64_t since_ns = now_ns_ - limits_.reorder_timeout_ns;
  for (auto item = reordering_.oldest(); item && item->since_ns <= since_ns; item = reordering_.oldest()) {
    pool_.entry(item->slot).connection->expire(item->side, since_ns);
    close_ignored();
    settle(item->slot, false);
  }
}

void FlowTable::expire_idle() {
  const std::array<std::uint64_t, kIdlePhases> limits{limits_.idle_ns, limits_.skipping_idle_ns,
                                                      limits_.half_closed_idle_ns, limits_.linger_ns};
  for (std::size_t phase = 0; phase < kIdlePhases; ++phase) {
    FlowSlot slot = idle_.oldest(static_cast<IdlePhase>(phase));
    while (slot != kNoSlot && now_ns_ - pool_.entry(slot).last_seen_ns >= limits[phase]) {
      close(slot, CloseCause::kIdle);
      remove(slot);
      slot = idle_.oldest(static_cast<IdlePhase>(phase));
    }
  }
}

// What the sink is told next takes it out of its rest.
void FlowTable::wake(FlowEntry& entry) {
  if (!std::exchange(entry.rests, false)) return;
  --resting_flows_;
}

void FlowTable::rest_quiet() {
  if (now_ns_ < limits_.rest_ns) return;
  const std::uint64_t since_ns = now_ns_ - limits_.rest_ns;
  for (FlowSlot slot = idle_.take_quiet(since_ns); slot != kNoSlot; slot = idle_.take_quiet(since_ns)) {
    FlowEntry& entry = pool_.entry(slot);
    if (entry.rests || !entry.connection->rest()) continue;
    entry.rests = true;
    ++resting_flows_;
  }
}

void FlowTable::close_ignored() {
  for (std::size_t at = 0; at < ignored_.size(); ++at) {  // closing a sink may make it ignore another
    const auto [slot, flow_id] = ignored_[at];
    std::optional<Connection>& connection = pool_.entry(slot).connection;
    if (!connection || connection->info().flow_id != flow_id || !connection->read()) continue;
    wake(pool_.entry(slot));
    --read_flows_;
    connection->close_ignored(now_ns_);
    settle(slot, false);
  }
  ignored_.clear();
}

template <typename Wanted>
void FlowTable::close_where(const Wanted& wanted) {
  for (FlowSlot slot = 0; slot < pool_.slots_used(); ++slot) {
    const FlowEntry& entry = pool_.entry(slot);
    if (!entry.connection || !wanted(*entry.connection)) continue;
    close(slot, CloseCause::kDetached);
    remove(slot);
  }
  close_ignored();
}

void FlowTable::close_attachment(std::uint32_t attachment_id, std::uint64_t now_monotime_ns) {
  now_ns_ = std::max(now_ns_, now_monotime_ns);
  close_where([&](const Connection& connection) { return connection.info().attachment_id == attachment_id; });
}

void FlowTable::close_all(std::uint64_t now_monotime_ns) {
  now_ns_ = std::max(now_ns_, now_monotime_ns);
  close_where([](const Connection&) { return true; });
}

FlowTableStats FlowTable::stats() const {
  FlowTableStats result = stats_;
  result.flows = read_flows_;
  result.resting = resting_flows_;
  result.lingering = pool_.size() - read_flows_;
  result.buffered_bytes = budget_.used_bytes();
  result.flow_bytes = flow_bytes(pool_.size(), read_flows_);
  result.reorder_steps = budget_.steps();
  return result;
}

}  // namespace podwire::tcp
