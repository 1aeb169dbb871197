// Time of reassembly per segment, without parsing: in order in one flow, in order over many flows, and out of order.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tcp/flow_table.h"

namespace podwire::tcp {
namespace {

constexpr std::uint32_t kEthernetPayloadBytes = 1460;
constexpr std::uint32_t kGsoPayloadBytes = 65'160;
constexpr std::uint64_t kSegmentIntervalNs = 1'000;

class CountingSink final : public ConnectionSink {
 public:
  void data(Side, std::span<const std::uint8_t> bytes, std::uint64_t, std::optional<std::uint32_t>) override {
    benchmark::DoNotOptimize(bytes.data());
  }
  void gap(Side, std::uint64_t, GapCause, std::uint64_t) override {}
  void skipped(Side, std::uint64_t, std::uint64_t) override {}
  void end(Side, StreamEnd, std::uint64_t) override {}
  void close(CloseCause, std::uint64_t) override {}
};

class CountingFactory final : public ConnectionSinkFactory {
 public:
  std::unique_ptr<ConnectionSink> connection(const ConnectionInfo&, ConnectionControl&) override {
    return std::make_unique<CountingSink>();
  }
};

class UnskippingSource final : public SourceControl {
 public:
  void skip(std::uint32_t, const Endpoint&, const Endpoint&, std::uint32_t, std::uint32_t) override {}
  void ignore(std::uint32_t, const Endpoint&, const Endpoint&) override {}
  void forget(std::uint32_t, const Endpoint&, const Endpoint&) override {}
};

Segment first_segment(std::uint32_t flow, const std::string& payload) {
  Segment segment;
  segment.attachment_id = flow >> 16U;
  segment.source.address.bytes = {198, 18, 0, 1};
  segment.source.port = static_cast<std::uint16_t>(flow);
  segment.destination.address.bytes = {198, 18, 0, 2};
  segment.destination.port = 80;
  segment.flags.ack = true;
  segment.acknowledgment = 1;
  segment.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
  segment.payload_bytes = static_cast<std::uint32_t>(payload.size());
  return segment;
}

// Range 0: payload bytes; range 1: flows, each in its turn.
void in_order(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  const auto flows = static_cast<std::uint32_t>(state.range(1));
  FlowLimits limits;
  limits.max_flows = flows;
  CountingFactory factory;
  UnskippingSource source;
  FlowTable table(limits, factory, source);
  std::vector<std::uint32_t> next(flows, 1);
  std::uint64_t now_ns = 0;
  std::uint32_t flow = 0;
  Segment segment = first_segment(0, payload);
  for (auto _ : state) {
    segment.attachment_id = flow >> 16U;
    segment.source.port = static_cast<std::uint16_t>(flow);
    segment.sequence = next[flow];
    segment.seen_monotime_ns = now_ns += kSegmentIntervalNs;
    table.segment(segment);
    next[flow] += segment.payload_bytes;
    flow = flow + 1 == flows ? 0 : flow + 1;
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(in_order)
    ->ArgNames({"bytes", "flows"})
    ->Args({kEthernetPayloadBytes, 1})
    ->Args({kGsoPayloadBytes, 1})
    ->Args({kEthernetPayloadBytes, 32})
    ->Args({kEthernetPayloadBytes, 10'000})
    ->Args({kEthernetPayloadBytes, 1'000'000});

// Each pair of segments comes the wrong way round: one of two is copied and waits.
void swapped_pairs(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  CountingFactory factory;
  UnskippingSource source;
  FlowTable table(FlowLimits{}, factory, source);
  Segment segment = first_segment(0, payload);
  table.segment(segment);
  std::uint32_t next = segment.payload_bytes;
  bool second = true;
  for (auto _ : state) {
    segment.sequence = second ? next + segment.payload_bytes : next;
    if (!second) next += 2 * segment.payload_bytes;
    second = !second;
    segment.seen_monotime_ns += kSegmentIntervalNs;
    table.segment(segment);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(swapped_pairs)->ArgName("bytes")->Arg(kEthernetPayloadBytes)->Arg(kGsoPayloadBytes);

// SYN, SYN-ACK, request, response, both FIN: a whole connection.
void short_connection(benchmark::State& state) {
  const std::string payload(200, 'x');
  CountingFactory factory;
  UnskippingSource source;
  FlowTable table(FlowLimits{}, factory, source);
  Segment there = first_segment(0, payload);
  Segment back = there;
  std::swap(back.source, back.destination);
  const auto send = [&](Segment& segment, std::uint32_t sequence, Flags flags, bool with_payload) {
    segment.sequence = sequence;
    segment.flags = flags;
    segment.payload_bytes = with_payload ? static_cast<std::uint32_t>(payload.size()) : 0;
    table.segment(segment);
  };
  std::uint32_t first = 0;
  for (auto _ : state) {
    first += 100'000;
    there.seen_monotime_ns = back.seen_monotime_ns += 6 * kSegmentIntervalNs;
    there.acknowledgment = back.acknowledgment = first + 1;
    send(there, first, {.syn = true}, false);
    send(back, first, {.syn = true, .ack = true}, false);
    send(there, first + 1, {.ack = true}, true);
    send(back, first + 1, {.ack = true}, true);
    send(there, first + 201, {.fin = true, .ack = true}, false);
    send(back, first + 201, {.fin = true, .ack = true}, false);
  }
  state.SetItemsProcessed(state.iterations() * 6);
}
BENCHMARK(short_connection);

}  // namespace
}  // namespace podwire::tcp
