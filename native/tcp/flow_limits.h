// Every bound of reassembly, with its default.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tcp/sequence.h"

namespace podwire::tcp {

constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kNsPerSecond = 1'000 * kNsPerMs;

struct FlowLimits {
  // Flows at once, with those that only linger, and the bytes they take: their entries, the index, and for each that is
  // read what the factory says a sink takes, at rest or not. At either bound the longest idle is closed (kEvicted).
  std::size_t max_flows = 1'000'000;
  std::uint64_t total_flow_bytes = 1ULL << 30U;
  // Bytes that wait for earlier ones, with their bookkeeping: of one flow, and of all. At the bound the flow that
  // wants more gives up the bytes it waits for (kReorderBufferFull).
  std::uint64_t flow_buffer_bytes = 1ULL << 20U;
  std::uint64_t total_buffer_bytes = 64ULL << 20U;
  // How long bytes wait for earlier ones that were neither seen nor acknowledged.
  std::uint64_t reorder_timeout_ns = 1 * kNsPerSecond;
  // Without a segment for so long, a flow is closed (kIdle). Half-closed: one side has sent FIN.
  std::uint64_t idle_ns = 900 * kNsPerSecond;
  std::uint64_t half_closed_idle_ns = 120 * kNsPerSecond;
  // Without a segment for so long, an open flow's sink is told to rest, and gives back what it can do without: longer
  // than a connection in use is silent, since it takes that again for the next message.
  std::uint64_t rest_ns = 1 * kNsPerSecond;
  // While the source spares us a range, silence says little: 2^30 bytes may pass unseen before the next segment.
  std::uint64_t skipping_idle_ns = 3'600 * kNsPerSecond;
  // How long the addresses and ports of an ended flow are remembered, so that late retransmissions begin no new one.
  std::uint64_t linger_ns = 5 * kNsPerSecond;
  // A shorter rest of a skip is not worth telling the source: it costs more than the bytes.
  std::uint64_t source_skip_min_bytes = 64ULL << 10U;
  // A longer one is told in parts; never more than kMaxWindowBytes.
  std::uint64_t source_skip_max_bytes = kMaxWindowBytes;
  // Where peers may choose addresses to collide in the table, give each table a random one.
  std::uint64_t hash_seed = 0;
};

}  // namespace podwire::tcp
