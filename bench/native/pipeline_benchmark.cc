// One exchange through the whole native side, from segments in memory to encoded batches: reassembly, message reading,
// pairing, a tap's judgement, redaction and encoding. What wrk asks of nginx over keep-alive connections, as
// bench/run.ts has it, for a tap of headers.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "capture/pipeline.h"

namespace podwire {
namespace {

constexpr std::uint16_t kConnections = 32;
constexpr std::uint64_t kSegmentIntervalNs = 300;
constexpr std::uint32_t kAttachment = 1;

const std::string kRequest = "GET /1k?n=0001234567 HTTP/1.1\r\nHost: 198.18.0.2\r\n\r\n";
const std::string kResponseHead =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 21:04:05 GMT\r\n"
    "Content-Type: application/octet-stream\r\nContent-Length: 1024\r\n"
    "Last-Modified: Sun, 22 Nov 2026 21:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"692226d0-400\"\r\n"
    "Accept-Ranges: bytes\r\n\r\n";
const std::string kBody(1024, 'b');

// As segmentation offload hands them over.
constexpr int kLargeBodySegments = 256;
const std::string kLargeBodySegment(65'000, 'b');
const std::string kLargeResponseHead = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " +
                                       std::to_string(kLargeBodySegments * kLargeBodySegment.size()) + "\r\n\r\n";

class DiscardingSink final : public capture::BatchSink {
 public:
  bool push(capture::Batch&& batch) override {
    exchanges += batch.exchanges;
    bytes += batch.bytes.size();
    return true;
  }
  std::uint64_t exchanges = 0;
  std::uint64_t bytes = 0;
};

class MemorySource final : public tcp::SourceControl, public capture::PacketCounts {
 public:
  void skip(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&, std::uint32_t, std::uint32_t) override {}
  void ignore(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  void forget(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  [[nodiscard]] wire::KernelCounts packet_counts(std::uint32_t) override { return {}; }
};

// Both ends of a connection, as the segments of one show the other.
class KeepAlive {
 public:
  explicit KeepAlive(std::uint16_t port) {
    there_.attachment_id = kAttachment;
    there_.source.address.bytes = {198, 18, 0, 1};
    there_.source.port = port;
    there_.destination.address.bytes = {198, 18, 0, 2};
    there_.destination.port = 80;
    there_.hook = tcp::Hook::kIngress;
    back_ = there_;
    std::swap(back_.source, back_.destination);
    back_.hook = tcp::Hook::kEgress;
  }

  void open(capture::Pipeline& pipeline, std::uint64_t& now_ns) {
    there_.flags = {.syn = true};
    back_.flags = {.syn = true, .ack = true};
    send(pipeline, there_, back_, {}, now_ns);
    send(pipeline, back_, there_, {}, now_ns);
    there_.flags = back_.flags = {.ack = true};
  }

  void exchange(capture::Pipeline& pipeline, std::uint64_t& now_ns) {
    send(pipeline, there_, back_, kRequest, now_ns);
    send(pipeline, back_, there_, kResponseHead, now_ns);
    send(pipeline, back_, there_, kBody, now_ns);
  }

  // A response whose body comes in `kLargeBodySegments` segments, and `end` behind them.
  void large_exchange(capture::Pipeline& pipeline, const std::string& head, const std::string& segment,
                      const std::string& end, std::uint64_t& now_ns) {
    send(pipeline, there_, back_, kRequest, now_ns);
    send(pipeline, back_, there_, head, now_ns);
    for (int i = 0; i < kLargeBodySegments; ++i) send(pipeline, back_, there_, segment, now_ns);
    if (!end.empty()) send(pipeline, back_, there_, end, now_ns);
  }

 private:
  static void send(capture::Pipeline& pipeline, tcp::Segment& segment, tcp::Segment& other, const std::string& text,
                   std::uint64_t& now_ns) {
    segment.seen_monotime_ns = now_ns += kSegmentIntervalNs;
    segment.payload = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    segment.payload_bytes = static_cast<std::uint32_t>(text.size());
    pipeline.segment(segment);
    segment.sequence += segment.payload_bytes + (segment.flags.syn ? 1U : 0U);
    other.acknowledgment = segment.sequence;
  }

  tcp::Segment there_;
  tcp::Segment back_;
};

std::shared_ptr<capture::SharedTap> tap_of_headers() {
  return std::make_shared<capture::SharedTap>(
      "t-4f2a", std::make_shared<tap::Tap>(tap::TapSpec()),
      wire::BatchIdentity{.tap = "t-4f2a", .pod = wire::PodName{"shop", "frontend", "node1"}, .epoch = 1},
      wire::KernelCounts(), 1U);
}

// Range: taps of headers, each of which shows everything.
void exchange_to_batch(benchmark::State& state) {
  DiscardingSink sink;
  MemorySource source;
  capture::Pipeline pipeline(capture::PipelineOptions{}, source, source, sink);
  std::uint64_t now_ns = 1'000'000'000;
  std::vector<std::shared_ptr<capture::SharedTap>> taps;
  for (int i = 0; i < state.range(0); ++i) {
    taps.push_back(tap_of_headers());
  }
  pipeline.set_taps(kAttachment, taps, now_ns);
  std::vector<KeepAlive> connections;
  for (std::uint16_t i = 0; i < kConnections; ++i) {
    connections.emplace_back(static_cast<std::uint16_t>(40'000 + i));
    connections.back().open(pipeline, now_ns);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    connections[next].exchange(pipeline, now_ns);
    next = next + 1 == connections.size() ? 0 : next + 1;
  }
  pipeline.close_attachment(kAttachment, now_ns);
  const auto shown = static_cast<std::uint64_t>(state.iterations() * state.range(0));
  if (sink.exchanges != shown) state.SkipWithError("exchanges were lost");
  state.SetItemsProcessed(state.iterations());
  if (shown > 0) state.counters["encoded_bytes"] = static_cast<double>(sink.bytes) / static_cast<double>(shown);
}
// Without a tap: reassembly and the engine alone.
BENCHMARK(exchange_to_batch)->ArgName("taps")->Arg(0)->Arg(1)->Arg(4);

void large_bodies_of(benchmark::State& state, const std::string& head, const std::string& segment,
                     const std::string& end) {
  DiscardingSink sink;
  MemorySource source;
  capture::Pipeline pipeline(capture::PipelineOptions{}, source, source, sink);
  std::uint64_t now_ns = 1'000'000'000;
  pipeline.set_taps(kAttachment, {tap_of_headers()}, now_ns);
  KeepAlive connection(40'000);
  connection.open(pipeline, now_ns);
  for (auto _ : state) connection.large_exchange(pipeline, head, segment, end, now_ns);
  pipeline.close_attachment(kAttachment, now_ns);
  if (sink.exchanges != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("exchanges were lost");
  state.SetBytesProcessed(state.iterations() * kLargeBodySegments * static_cast<std::int64_t>(segment.size()));
}

// Bodies of 16 MB that come whole, as from a capture file: nothing is skipped in the kernel. Of one whose length is
// known no byte is looked at.
void large_bodies(benchmark::State& state) { large_bodies_of(state, kLargeResponseHead, kLargeBodySegment, ""); }
BENCHMARK(large_bodies);

// The same in chunks of 8 KiB.
void large_chunked_bodies(benchmark::State& state) {
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string segment;
  for (int i = 0; i < 8; ++i) segment += "1fc0\r\n" + std::string(0x1fc0, 'b') + "\r\n";
  large_bodies_of(state, head, segment, "0\r\n\r\n");
}
BENCHMARK(large_chunked_bodies);

}  // namespace
}  // namespace podwire
