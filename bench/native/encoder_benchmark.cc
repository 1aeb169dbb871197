// What judging, redacting and encoding one exchange costs on the thread of a ring. A browser's request with ten headers
// and a response with eight, as a tap of headers sees them.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "tap/tap_session.h"
#include "wire/batch_sequence.h"

namespace podwire {
namespace {

// As capture/ hands batches over.
constexpr std::size_t kBatchBytes = 64 * 1024;
constexpr std::uint64_t kNanosBetweenExchanges = 1000;

constexpr std::array<exchange::HeaderField, 10> kRequestHeaders{{
    {"Host", "backend.shop.svc.cluster.local:8080"},
    {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"},
    {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    {"Accept-Encoding", "gzip, deflate, br, zstd"},
    {"Accept-Language", "en-GB,en;q=0.9,de;q=0.8"},
    {"Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"},
    {"Cookie", "theme=dark; session=9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d"},
    {"Referer", "https://shop.example/cart?step=2"},
    {"X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e"},
    {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
}};

constexpr std::array<exchange::HeaderField, 8> kResponseHeaders{{
    {"Server", "nginx/1.22.1"},
    {"Date", "Sun, 22 Nov 2026 21:04:05 GMT"},
    {"Content-Type", "application/json; charset=utf-8"},
    {"Content-Length", "1203"},
    {"Cache-Control", "no-cache, no-store, must-revalidate"},
    {"ETag", "\"63a1d7f2-4b3\""},
    {"Vary", "Accept-Encoding"},
    {"X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e"},
}};

struct Example {
  exchange::RequestView request;
  exchange::ResponseView response;
  exchange::ExchangeView view;

  Example() {
    request.method = "GET";
    request.scheme = "http";
    request.authority = "backend.shop.svc.cluster.local:8080";
    request.path = "/api/v1/carts/7f3a9c/items?limit=20&sort=price";
    request.headers = kRequestHeaders;
    request.body_bytes = 0;
    request.wire_bytes = 812;
    response.status = 200;
    response.reason = "OK";
    response.headers = kResponseHeaders;
    response.body_bytes = 1203;
    response.wire_bytes = 1498;
    view.id = 1;
    view.start_monotime_ns = 5'000'000'000;
    view.direction = exchange::Direction::kOutbound;
    view.source.port = 43210;
    view.source.address.bytes = {198, 18, 11, 3};
    view.destination.port = 8080;
    view.destination.address.bytes = {198, 18, 12, 3};
    view.protocol = exchange::Protocol::kHttp11;
    view.request = &request;
    view.response = &response;
    view.first_response_byte_nanos = 12'400'000;
    view.duration_nanos = 13'100'000;
    view.end = exchange::End::kComplete;
  }
  Example(const Example&) = delete;
  Example& operator=(const Example&) = delete;
};

tap::TapSpec filtering_spec() {
  tap::TapSpec spec;
  spec.methods = {"GET", "POST"};
  spec.paths = {tap::Glob("/api/*/items")};
  spec.statuses = {{200, 299, false}};
  spec.min_latency_nanos = 1'000'000;
  return spec;
}

void publish(benchmark::State& state, tap::TapSpec spec) {
  Example example;
  tap::TapSession session(std::make_shared<tap::Tap>(std::move(spec)));
  wire::BatchSequence sequence({"t-4f2a", wire::PodName{"shop", "frontend", "node1"}, 1});
  wire::ExchangeBuffer buffer;
  std::size_t bytes = 0;
  std::uint64_t now_ns = 0;
  for (auto _ : state) {
    ++example.view.id;
    if (session.consider(example.view, now_ns += kNanosBetweenExchanges) != tap::Outcome::kPublished) continue;
    buffer.add(example.view, session.encoding_rules());
    if (buffer.bytes() < kBatchBytes) continue;
    sequence.hand_over(buffer, session.take_counters(), false, [&](std::string&& batch, std::uint32_t) {
      bytes += batch.size();
      return true;
    });
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void redacted(benchmark::State& state) { publish(state, {}); }
BENCHMARK(redacted);

void unredacted(benchmark::State& state) {
  tap::TapSpec spec;
  spec.unredacted = true;
  publish(state, std::move(spec));
}
BENCHMARK(unredacted);

void filtered_in(benchmark::State& state) { publish(state, filtering_spec()); }
BENCHMARK(filtered_in);

void filtered_out(benchmark::State& state) {
  tap::TapSpec spec = filtering_spec();
  spec.statuses = {{500, 599, false}};
  publish(state, std::move(spec));
}
BENCHMARK(filtered_out);

void judged_by_regex(benchmark::State& state) {
  tap::TapSpec spec;
  spec.headers.push_back({"user-agent", std::get<tap::ValuePattern>(tap::ValuePattern::compile("Chrome/1[0-9]+"))});
  publish(state, std::move(spec));
}
BENCHMARK(judged_by_regex);

}  // namespace
}  // namespace podwire
