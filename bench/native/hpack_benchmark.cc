// Header decompression beside nghttp2's, on the same header blocks: requests of a browser and of a gRPC client, the
// responses of a server, and strings alone. The blocks are nghttp2's own encoder's.
#include <benchmark/benchmark.h>
#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hpack/decoder.h"
#include "hpack/table_memory.h"

namespace {

using namespace podwire;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kTableMemoryBytes = std::size_t{1} << 20U;
// Of one connection.
constexpr int kBlocks = 1'000;

// `first`: the connection's first block; the table is empty before it.
struct Blocks {
  std::vector<std::string> blocks;
  std::size_t fields = 0;
};

std::uint8_t* octets(const std::string& text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

template <typename HeadersOfBlock>
Blocks encode(HeadersOfBlock&& headers_of_block) {
  nghttp2_hd_deflater* made = nullptr;
  if (nghttp2_hd_deflate_new(&made, 4'096) != 0) return {};
  const std::unique_ptr<nghttp2_hd_deflater, decltype(&nghttp2_hd_deflate_del)> deflater(made, nghttp2_hd_deflate_del);
  Blocks result;
  for (int number = 0; number < kBlocks; ++number) {
    const Headers headers = headers_of_block(number);
    std::vector<nghttp2_nv> fields;
    for (const auto& [name, value] : headers) {
      fields.push_back({octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    std::string block(nghttp2_hd_deflate_bound(made, fields.data(), fields.size()), '\0');
    const auto size = nghttp2_hd_deflate_hd(made, octets(block), block.size(), fields.data(), fields.size());
    if (size < 0) return {};
    block.resize(static_cast<std::size_t>(size));
    result.fields += fields.size();
    result.blocks.push_back(std::move(block));
  }
  return result;
}

// The path and the request's id differ from block to block.
Blocks browser_requests() {
  return encode([](int number) -> Headers {
    return {{":method", "GET"},
            {":scheme", "https"},
            {":authority", "shop.example.org"},
            {":path", "/catalogue/items?category=shoes&page=" + std::to_string(number)},
            {"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
            {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
            {"accept-language", "en-GB,en;q=0.7,de;q=0.3"},
            {"accept-encoding", "gzip, deflate, br, zstd"},
            {"referer", "https://shop.example.org/catalogue/items?category=shoes&page=" + std::to_string(number - 1)},
            {"cookie", "session=0123456789abcdef0123456789abcdef; consent=all; theme=dark"},
            {"sec-fetch-dest", "document"},
            {"sec-fetch-mode", "navigate"},
            {"sec-fetch-site", "same-origin"},
            {"x-request-id", "0f8fad5b-d9cb-469f-a165-" + std::to_string(708'677'289'500 + number)}};
  });
}

Blocks grpc_requests() {
  return encode([](int) -> Headers {
    return {{":method", "POST"},
            {":scheme", "http"},
            {":path", "/shop.v1.Carts/ListItems"},
            {":authority", "carts.shop.svc.cluster.local:8080"},
            {"te", "trailers"},
            {"content-type", "application/grpc"},
            {"user-agent", "grpc-node-js/1.14.7"},
            {"grpc-accept-encoding", "identity,deflate,gzip"}};
  });
}

Blocks responses() {
  return encode([](int number) -> Headers {
    return {{":status", "200"},
            {"server", "nginx/1.22.1"},
            {"date", "Sun, 22 Nov 2026 21:04:" + std::to_string(10 + number / 20) + " GMT"},
            {"content-type", "application/json; charset=utf-8"},
            {"content-length", std::to_string(1'000 + number)},
            {"cache-control", "no-cache, no-store, must-revalidate"},
            {"etag", "\"63a1d7f2-" + std::to_string(number) + "\""},
            {"vary", "Accept-Encoding"}};
  });
}

// Nothing is indexed by its value: each block is literals with Huffman-coded strings.
Blocks literals() {
  return encode([](int number) -> Headers {
    Headers headers;
    for (int field = 0; field < 10; ++field) {
      headers.emplace_back("authorization-" + std::to_string(field) + "-" + std::to_string(number),
                           "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P");
    }
    return headers;
  });
}

void tell(benchmark::State& state, const Blocks& connection, std::size_t fields) {
  if (connection.blocks.empty() || fields != connection.fields * static_cast<std::size_t>(state.iterations())) {
    state.SkipWithError("fields were lost");
  }
  state.SetItemsProcessed(state.iterations() * kBlocks);
  std::size_t bytes = 0;
  for (const std::string& block : connection.blocks) bytes += block.size();
  state.counters["block_bytes"] = static_cast<double>(bytes) / kBlocks;
  state.counters["per_block"] = benchmark::Counter(static_cast<double>(state.iterations() * kBlocks),
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void podwire_decode(benchmark::State& state, const Blocks& connection) {
  hpack::TableMemory memory(kTableMemoryBytes);
  hpack::FieldList list;
  std::size_t fields = 0;
  for (auto _ : state) {
    hpack::Decoder decoder(true, memory);
    for (const std::string& block : connection.blocks) {
      if (!decoder.decode(block, list)) state.SkipWithError("malformed");
      fields += list.fields.size();
      benchmark::DoNotOptimize(list.bytes.data());
    }
  }
  tell(state, connection, fields);
}

void nghttp2_inflate(benchmark::State& state, const Blocks& connection) {
  std::size_t fields = 0;
  for (auto _ : state) {
    nghttp2_hd_inflater* inflater = nullptr;
    if (nghttp2_hd_inflate_new(&inflater) != 0) state.SkipWithError("no memory");
    for (const std::string& block : connection.blocks) {
      const std::uint8_t* next = octets(block);
      std::size_t left = block.size();
      for (;;) {
        nghttp2_nv field;
        int flags = 0;
        const auto read = nghttp2_hd_inflate_hd2(inflater, &field, &flags, next, left, 1);
        if (read < 0) {
          state.SkipWithError("malformed");
          break;
        }
        next += read;
        left -= static_cast<std::size_t>(read);
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
          ++fields;
          benchmark::DoNotOptimize(field.value);
        }
        if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
      }
      nghttp2_hd_inflate_end_headers(inflater);
    }
    nghttp2_hd_inflate_del(inflater);
  }
  tell(state, connection, fields);
}

BENCHMARK_CAPTURE(podwire_decode, browser_requests, browser_requests());
BENCHMARK_CAPTURE(nghttp2_inflate, browser_requests, browser_requests());
BENCHMARK_CAPTURE(podwire_decode, grpc_requests, grpc_requests());
BENCHMARK_CAPTURE(nghttp2_inflate, grpc_requests, grpc_requests());
BENCHMARK_CAPTURE(podwire_decode, responses, responses());
BENCHMARK_CAPTURE(nghttp2_inflate, responses, responses());
BENCHMARK_CAPTURE(podwire_decode, literals, literals());
BENCHMARK_CAPTURE(nghttp2_inflate, literals, literals());

}  // namespace
