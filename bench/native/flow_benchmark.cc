// What a connection takes of memory when it has shown an exchange and has been idle for some seconds: the whole native
// side, with a tap of headers, from segments in memory. The bytes are those of malloc, by mallinfo2, and of what it
// maps.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "capture/pipeline.h"

namespace podwire {
namespace {

constexpr std::uint64_t kSegmentIntervalNs = 1'000;
constexpr std::uint64_t kIdleNs = 2'000'000'000;
constexpr std::uint32_t kAttachment = 1;
constexpr std::uint32_t kFlowsPerAddress = 50'000;

const std::string kRequest = "GET /1k?n=0001234567 HTTP/1.1\r\nHost: 198.18.0.2\r\n\r\n";
const std::string kResponse =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 21:04:05 GMT\r\n"
    "Content-Type: text/plain\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok";

class DiscardingSink final : public capture::BatchSink {
 public:
  bool push(capture::Batch&& batch) override {
    exchanges += batch.exchanges;
    return true;
  }
  std::uint64_t exchanges = 0;
};

class MemorySource final : public tcp::SourceControl, public capture::PacketCounts {
 public:
  void skip(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&, std::uint32_t, std::uint32_t) override {}
  void ignore(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  void forget(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  [[nodiscard]] wire::KernelCounts packet_counts(std::uint32_t) override { return {}; }
};

std::size_t allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

class Feeder {
 public:
  explicit Feeder(capture::Pipeline& pipeline) : pipeline_(pipeline) {}

  // Three segments of the handshake's two and an exchange, of the connection of this number.
  void exchange_on(std::uint32_t flow) {
    tcp::Segment there;
    there.attachment_id = kAttachment;
    there.source.address.bytes = {198, 18, 1, static_cast<std::uint8_t>(flow / kFlowsPerAddress)};
    there.source.port = static_cast<std::uint16_t>(10'000 + flow % kFlowsPerAddress);
    there.destination.address.bytes = {198, 18, 0, 2};
    there.destination.port = 80;
    there.hook = tcp::Hook::kIngress;
    tcp::Segment back = there;
    std::swap(back.source, back.destination);
    back.hook = tcp::Hook::kEgress;
    there.flags = {.syn = true};
    back.flags = {.syn = true, .ack = true};
    send(there, back, {});
    send(back, there, {});
    there.flags = back.flags = {.ack = true};
    send(there, back, kRequest);
    send(back, there, kResponse);
    send(there, back, {});
  }

  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }

 private:
  void send(tcp::Segment& segment, tcp::Segment& other, const std::string& text) {
    segment.seen_monotime_ns = now_ns_ += kSegmentIntervalNs;
    segment.payload = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    segment.payload_bytes = static_cast<std::uint32_t>(text.size());
    pipeline_.segment(segment);
    segment.sequence += segment.payload_bytes + (segment.flags.syn ? 1U : 0U);
    other.acknowledgment = segment.sequence;
  }

  capture::Pipeline& pipeline_;
  std::uint64_t now_ns_ = 1'000'000'000;
};

// Range: connections.
void idle_flows(benchmark::State& state) {
  const auto flows = static_cast<std::uint32_t>(state.range(0));
  double bytes_per_flow = 0;
  for (auto _ : state) {
    DiscardingSink sink;
    MemorySource source;
    const std::size_t before = allocated_bytes();
    capture::Pipeline pipeline(capture::PipelineOptions{}, source, source, sink);
    Feeder feeder(pipeline);
    pipeline.set_taps(
        kAttachment,
        {std::make_shared<capture::SharedTap>(
            "t-4f2a", std::make_shared<tap::Tap>(tap::TapSpec()),
            wire::BatchIdentity{.tap = "t-4f2a", .pod = wire::PodName{"shop", "frontend", "node1"}, .epoch = 1},
            wire::KernelCounts(), 1U)},
        feeder.now_ns());
    for (std::uint32_t flow = 0; flow < flows; ++flow) {
      feeder.exchange_on(flow);
      if (flow % 1'000 == 0) pipeline.advance(feeder.now_ns());
    }
    pipeline.advance(feeder.now_ns() + kIdleNs);
    pipeline.flush(feeder.now_ns() + kIdleNs);
    bytes_per_flow = static_cast<double>(allocated_bytes() - before) / flows;
    // An evicted connection would take nothing.
    if (sink.exchanges != flows) state.SkipWithError("exchanges were lost");
    state.PauseTiming();
    pipeline.close_attachment(kAttachment, feeder.now_ns() + kIdleNs);
    state.ResumeTiming();
  }
  state.counters["bytes_per_flow"] = bytes_per_flow;
}
BENCHMARK(idle_flows)->Arg(100'000)->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace podwire
