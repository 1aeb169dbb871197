// The head parser on a browser's request, and the engine on exchanges of a keep-alive connection.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exchange/exchange_engine.h"
#include "http1/find_byte.h"
#include "http1/head_parser.h"
#include "http1/limits.h"

#if defined(PODWIRE_HTTP_PARSER)
#include <http_parser.h>
#endif
#if defined(PODWIRE_PICOHTTPPARSER)
// Its own benchmark has its main function and REQ, the request.
#define main picohttpparser_benchmark
#include <bench.c>
#undef main
#endif

namespace {

using namespace podwire;

const std::string kBrowserRequest =
    "GET /catalogue/items?category=shoes&page=2&sort=price HTTP/1.1\r\n"
    "Host: shop.example.org\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: https://shop.example.org/catalogue/items?category=shoes&page=1&sort=price\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; consent=all; theme=dark; cart=a81bc81b-dead-4e5d-abff\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Connection: keep-alive\r\n\r\n";

void parse_browser_request(benchmark::State& state) {
  std::vector<http1::Field> fields(http1::kMaxFields);
  for (auto _ : state) {
    http1::HeadParser parser(http1::MessageKind::kRequest);
    benchmark::DoNotOptimize(parser.parse(kBrowserRequest, fields));
    benchmark::DoNotOptimize(fields.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kBrowserRequest.size()));
  state.counters["head_bytes"] = static_cast<double>(kBrowserRequest.size());
}
BENCHMARK(parse_browser_request);

#if defined(PODWIRE_HTTP_PARSER)
// The same by Node.js's former parser (Debian's libhttp-parser-dev), with a callback for each part.
void parse_browser_request_by_http_parser(benchmark::State& state) {
  struct Parts {
    std::uint64_t bytes = 0;
    static int add(::http_parser* parser, const char*, std::size_t size) {
      static_cast<Parts*>(parser->data)->bytes += size;
      return 0;
    }
  };
  ::http_parser_settings settings;
  ::http_parser_settings_init(&settings);
  settings.on_url = settings.on_header_field = settings.on_header_value = &Parts::add;
  for (auto _ : state) {
    Parts parts;
    ::http_parser parser;
    ::http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &parts;
    benchmark::DoNotOptimize(::http_parser_execute(&parser, &settings, kBrowserRequest.data(), kBrowserRequest.size()));
    benchmark::DoNotOptimize(parts.bytes);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kBrowserRequest.size()));
}
BENCHMARK(parse_browser_request_by_http_parser);
#endif

#if defined(PODWIRE_PICOHTTPPARSER)
constexpr std::string_view kReferenceRequest(REQ, sizeof(REQ) - 1);

void parse_reference_request(benchmark::State& state) {
  std::vector<http1::Field> fields(http1::kMaxFields);
  for (auto _ : state) {
    http1::HeadParser parser(http1::MessageKind::kRequest);
    benchmark::DoNotOptimize(parser.parse(kReferenceRequest, fields));
    benchmark::DoNotOptimize(fields.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kReferenceRequest.size()));
}
BENCHMARK(parse_reference_request);

void parse_reference_request_by_picohttpparser(benchmark::State& state) {
  std::vector<::phr_header> headers(http1::kMaxFields);
  for (auto _ : state) {
    const char* method = nullptr;
    const char* path = nullptr;
    std::size_t method_bytes = 0;
    std::size_t path_bytes = 0;
    std::size_t count = headers.size();
    int minor = 0;
    const int taken = ::phr_parse_request(kReferenceRequest.data(), kReferenceRequest.size(), &method, &method_bytes,
                                          &path, &path_bytes, &minor, headers.data(), &count, 0);
    if (taken != static_cast<int>(kReferenceRequest.size())) state.SkipWithError("the request was not read");
    benchmark::DoNotOptimize(headers.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kReferenceRequest.size()));
}
BENCHMARK(parse_reference_request_by_picohttpparser);
#endif

// The whole head comes byte by byte: time per byte, not per byte squared.
void parse_byte_by_byte(benchmark::State& state) {
  const std::string head =
      "GET / HTTP/1.1\r\nCookie: " + std::string(static_cast<std::size_t>(state.range(0)), 'c') + "\r\n\r\n";
  std::vector<http1::Field> fields(16);
  for (auto _ : state) {
    http1::HeadParser parser(http1::MessageKind::kRequest);
    for (std::size_t size = 1; size <= head.size(); ++size) {
      benchmark::DoNotOptimize(parser.parse(std::string_view(head).substr(0, size), fields));
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * head.size()));
}
BENCHMARK(parse_byte_by_byte)->Arg(1'000)->Arg(100'000);

class CountingSink final : public exchange::ExchangeSink, public exchange::CaptureNeeds, public tcp::ConnectionControl {
 public:
  void exchange(const exchange::ExchangeView& view) override {
    ++exchanges;
    benchmark::DoNotOptimize(view.request);
  }
  void loss(std::uint32_t, exchange::LossCause, const tcp::Endpoint&, const exchange::TlsNames&) override {}
  std::uint32_t body_bytes(std::uint32_t) override { return 0; }
  void skip(tcp::Side, std::uint64_t) override {}
  void ignore() override {}
  std::uint64_t exchanges = 0;
};

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void exchange_on_keep_alive(benchmark::State& state, const std::string& request) {
  const std::string head =
      "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 21:04:05 GMT\r\n"
      "Content-Type: application/octet-stream\r\nContent-Length: 1024\r\n"
      "Last-Modified: Sun, 22 Nov 2026 21:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"692226d0-400\"\r\n"
      "Accept-Ranges: bytes\r\n\r\n";
  const std::string body(1024, 'b');
  CountingSink sink;
  exchange::ExchangeEngine engine({}, sink, sink, 0);
  tcp::ConnectionInfo info;
  info.flow_id = 1;
  const std::unique_ptr<tcp::ConnectionSink> connection = engine.connection(info, sink);
  std::uint64_t now_ns = 0;
  for (auto _ : state) {
    connection->data(tcp::Side::kInitiator, bytes_of(request), ++now_ns, 0);
    connection->data(tcp::Side::kResponder, bytes_of(head), ++now_ns, 0);
    connection->data(tcp::Side::kResponder, bytes_of(body), ++now_ns, 0);
  }
  connection->close(tcp::CloseCause::kEnded, ++now_ns);
  if (sink.exchanges != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("exchanges were lost");
  state.SetItemsProcessed(static_cast<std::int64_t>(sink.exchanges));
}
BENCHMARK_CAPTURE(exchange_on_keep_alive, browser, kBrowserRequest);
BENCHMARK_CAPTURE(exchange_on_keep_alive, wrk, "GET /1k HTTP/1.1\r\nHost: 198.18.0.2\r\n\r\n");

// A connection that carries one exchange: what making and closing it costs.
void exchange_on_its_own_connection(benchmark::State& state) {
  const std::string request = "GET /1k HTTP/1.1\r\nHost: 198.18.0.2\r\n\r\n";
  const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  CountingSink sink;
  exchange::ExchangeEngine engine({}, sink, sink, 0);
  tcp::ConnectionInfo info;
  for (auto _ : state) {
    ++info.flow_id;
    const std::unique_ptr<tcp::ConnectionSink> connection = engine.connection(info, sink);
    connection->data(tcp::Side::kInitiator, bytes_of(request), 1, 0);
    connection->data(tcp::Side::kResponder, bytes_of(response), 2, 0);
    connection->close(tcp::CloseCause::kEnded, 3);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(sink.exchanges));
}
BENCHMARK(exchange_on_its_own_connection);

}  // namespace
