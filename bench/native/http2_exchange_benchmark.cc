// The engine on HTTP/2: frames, header decompression and exchanges together.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exchange/exchange_engine.h"

namespace {

using namespace podwire;

class CountingSink final : public exchange::ExchangeSink, public exchange::CaptureNeeds, public tcp::ConnectionControl {
 public:
  void exchange(const exchange::ExchangeView& view) override {
    ++exchanges;
    complete += view.missing.empty() ? 1 : 0;
    benchmark::DoNotOptimize(view.request);
  }
  void loss(std::uint32_t, exchange::LossCause, const tcp::Endpoint&, const exchange::TlsNames&) override {}
  std::uint32_t body_bytes(std::uint32_t) override { return 0; }
  void skip(tcp::Side, std::uint64_t) override {}
  void ignore() override {}
  std::uint64_t exchanges = 0;
  std::uint64_t complete = 0;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string big_endian(std::uint64_t value, unsigned octets) {
  std::string bytes;
  for (unsigned i = octets; i > 0; --i) bytes += static_cast<char>(value >> (8 * (i - 1)));
  return bytes;
}

std::string frame(unsigned type, unsigned flags, std::uint32_t stream, std::string_view payload) {
  return big_endian(payload.size(), 3) + big_endian(type, 1) + big_endian(flags, 1) + big_endian(stream, 4) +
         std::string(payload);
}

// Literals with incremental indexing: RFC 7541, section 6.2.1.
std::string inserting(const Fields& fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block += '\x40' + big_endian(name.size(), 1) + name + big_endian(value.size(), 1) + value;
  }
  return block;
}

// The same fields from the dynamic table that holds nothing else: the first was inserted first.
std::string indexed(const Fields& fields) {
  constexpr std::size_t kStaticEntries = 61;
  std::string block;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    block += static_cast<char>(0x80U | (kStaticEntries + fields.size() - i));
  }
  return block;
}

constexpr unsigned kEndHeaders = 0x4;
constexpr unsigned kLast = 0x5;
const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(0x4, 0, 0, "");

// A frame's stream identifier is written in place, so that streams cost the benchmark nothing.
struct Burst {
  std::string bytes;
  std::vector<std::pair<std::size_t, std::uint32_t>> streams;  // offset of an identifier, and which stream of the burst

  void add(unsigned type, unsigned flags, std::uint32_t stream, std::string_view payload) {
    streams.emplace_back(bytes.size() + 5, stream);
    bytes += frame(type, flags, 1, payload);
  }
  void number(std::uint32_t first) {
    for (const auto& [offset, stream] : streams) {
      const std::uint32_t id = first + 2 * stream;
      for (unsigned i = 0; i < 4; ++i) bytes[offset + i] = static_cast<char>(id >> (24 - 8 * i));
    }
  }
};

class Connection {
 public:
  Connection(const Fields& request, const Fields& response, const Fields& trailers) {
    connection_ = engine_.connection(info_, sink);
    send(tcp::Side::kInitiator, kPreface + frame(0x1, kLast, 1, inserting(request)));
    send(tcp::Side::kResponder, frame(0x4, 0, 0, "") + frame(0x1, kEndHeaders, 1, inserting(with(response, trailers))));
    send(tcp::Side::kResponder, frame(0x0, 0x1, 1, ""));
  }
  void send(tcp::Side side, std::string_view bytes) {
    connection_->data(side, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, ++now_ns_, 0);
  }
  static Fields with(Fields fields, const Fields& more) {
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  }

  CountingSink sink;

 private:
  exchange::ExchangeEngine engine_{{}, sink, sink, 0};
  tcp::ConnectionInfo info_{.flow_id = 1};
  std::uint64_t now_ns_ = 0;
  std::unique_ptr<tcp::ConnectionSink> connection_;
};

constexpr std::uint32_t kLastStream = 0x7fff'fff0;

void run(benchmark::State& state, std::uint32_t streams, Connection& connection, Burst& requests, Burst& responses) {
  std::uint32_t first = 3;
  for (auto _ : state) {
    requests.number(first);
    responses.number(first);
    connection.send(tcp::Side::kInitiator, requests.bytes);
    connection.send(tcp::Side::kResponder, responses.bytes);
    first += 2 * streams;
    if (first > kLastStream) return state.SkipWithError("no more streams");
  }
  const auto expected = static_cast<std::uint64_t>(state.iterations()) * streams;
  if (connection.sink.complete < expected) state.SkipWithError("exchanges were lost");
  state.SetItemsProcessed(static_cast<std::int64_t>(expected));
}

void grpc_unary(benchmark::State& state) {
  const Fields request = {{":method", "POST"},          {":scheme", "http"},
                          {":path", "/shop.Cart/Add"},  {":authority", "cart.shop:7070"},
                          {"te", "trailers"},           {"content-type", "application/grpc"},
                          {"user-agent", "grpc-c++/1"}, {"grpc-accept-encoding", "identity, deflate, gzip"}};
  const Fields head = {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-accept-encoding", "identity"}};
  const Fields trailers = {{"grpc-status", "0"}};
  Connection connection(request, head, trailers);
  const std::string all = indexed(Connection::with(head, trailers));
  const std::string message = big_endian(0, 1) + big_endian(40, 4) + std::string(40, 'm');
  Burst requests;
  requests.add(0x1, kEndHeaders, 0, indexed(request));
  requests.add(0x0, 0x1, 0, message);
  Burst responses;
  responses.add(0x1, kEndHeaders, 0, std::string_view(all).substr(0, head.size()));
  responses.add(0x0, 0, 0, message);
  responses.add(0x1, kLast, 0, std::string_view(all).substr(head.size()));
  run(state, 1, connection, requests, responses);
}
BENCHMARK(grpc_unary);

void get_100_streams(benchmark::State& state) {
  constexpr std::uint32_t kStreams = 100;
  const Fields request = {{":method", "GET"},           {":scheme", "http"},   {":path", "/catalogue/items?page=2"},
                          {":authority", "shop:8080"},  {"accept", "*/*"},     {"accept-encoding", "gzip, br"},
                          {"user-agent", "h2load/1.5"}, {"x-request", "same"}, {"cookie", "session=0123456789abcdef"}};
  const Fields head = {{":status", "200"},
                       {"server", "nginx/1.22.1"},
                       {"content-type", "text/html"},
                       {"content-length", "1024"},
                       {"etag", "\"692226d0-400\""}};
  Connection connection(request, head, {});
  Burst requests;
  Burst responses;
  for (std::uint32_t stream = 0; stream < kStreams; ++stream) {
    requests.add(0x1, kLast, stream, indexed(request));
    responses.add(0x1, kEndHeaders, stream, indexed(head));
  }
  const std::string body(1'024, 'b');
  for (std::uint32_t stream = kStreams; stream > 0; --stream) responses.add(0x0, 0x1, stream - 1, body);
  run(state, kStreams, connection, requests, responses);
}
BENCHMARK(get_100_streams);

}  // namespace
