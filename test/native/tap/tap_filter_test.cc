#include "tap/tap_filter.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "spec_text.h"
#include "tap/credential_redaction.h"
#include "test/native/wire/example_exchange.h"

namespace podwire::tap {
namespace {

using exchange::End;
using exchange::Missing;
using podwire::testing::example_get;
using podwire::testing::ExampleExchange;
using podwire::testing::ipv4;
using podwire::testing::ipv6;
using podwire::testing::spec_of;

constexpr Verdict kNo = Verdict::kNo;
constexpr Verdict kYes = Verdict::kYes;
constexpr Verdict kUnknown = Verdict::kUnknown;
constexpr Verdict kNotYet = Verdict::kNotYet;

// Of GET http://backend:8080/api/cart?id=7 from 198.18.11.3:43210 to 198.18.12.3:8080 → 200 after 12.4 ms.
Verdict judged(std::string_view spec_text, const std::function<void(ExampleExchange&)>& change = {}) {
  const TapSpec spec = spec_of(spec_text);
  const CredentialRedaction redaction;
  ExampleExchange example = example_get();
  if (change) change(example);
  return TapFilter(spec, spec.unredacted ? nullptr : &redaction).judge(example.view());
}

struct Case {
  const char* spec;
  Verdict verdict;
};

void expect_each(const std::vector<Case>& cases, const std::function<void(ExampleExchange&)>& change = {}) {
  for (const auto& [spec, verdict] : cases) EXPECT_EQ(judged(spec, change), verdict) << spec;
}

void open_without_response(ExampleExchange& example) {
  example.base.end = End::kOpen;
  example.has_response = false;
  example.base.first_response_byte_nanos.reset();
  example.base.duration_nanos.reset();
}

void open_with_response(ExampleExchange& example) { example.base.end = End::kOpen; }

void without_request(ExampleExchange& example) {
  example.has_request = false;
  example.base.first_response_byte_nanos.reset();
  example.base.missing.add(Missing::kNoRequest);
}

void without_response(ExampleExchange& example) {
  open_without_response(example);
  example.base.end = End::kClosed;
  example.base.missing.add(Missing::kNoResponse);
}

void over_grpc(ExampleExchange& example) {
  example.base.protocol = exchange::Protocol::kHttp2;
  example.response_headers = {{"content-type", "application/grpc"}};
  example.response_trailers = {{"grpc-status", "5"}};
}

TEST(TapFilterTest, WithoutFiltersEverythingIsWanted) {
  EXPECT_EQ(judged(""), kYes);
  EXPECT_EQ(judged("", without_request), kYes);
  EXPECT_EQ(judged("", open_without_response), kYes);
}

TEST(TapFilterTest, Peers) {
  expect_each({
      {R"(to { networks { ip: "\306\022\014\003" prefix_bits: 32 } })", kYes},
      {R"(to { networks { ip: "\306\022\014\000" prefix_bits: 24 } port: 8080 })", kYes},
      {R"(to { networks { ip: "\306\022\014\003" prefix_bits: 32 } port: 80 })", kNo},
      {R"(to { networks { ip: "\306\022\013\003" prefix_bits: 32 } })", kNo},  // that is the source
      {R"(from { networks { ip: "\306\022\013\003" prefix_bits: 32 } })", kYes},
      {R"(from { networks { ip: "\306\022\014\003" prefix_bits: 32 } })", kNo},
      {R"(to { networks { ip: "\001\002\003\004" prefix_bits: 32 } networks { ip: "\306\022\000\000" prefix_bits: 15 } })",
       kYes},
      {R"(to { port: 1 } to { port: 8080 })", kYes},
      {"to { port: 43210 }", kNo},
      {"from { port: 43210 }", kYes},
      {"to {}", kYes},
      {R"(to { port: 8080 } from { port: 1 })", kNo},
      // With networks, the host is only what the user called them.
      {R"(to { host: "other" networks { ip: "\306\022\014\003" prefix_bits: 32 } })", kYes},
  });
  expect_each(
      {{R"(to { networks { ip: " \001\000\002\000\000\000\000\000\000\000\000\000\000\000\000" prefix_bits: 48 } })",
        kYes}},
      [](ExampleExchange& example) {
        example.base.destination = ipv6({0x20, 1, 0, 2, 0, 0, 7}, 1);
      });
}

// http://backend of the Service 198.19.10.73:80, which 198.18.12.3:8080 answers.
TEST(TapFilterTest, PeersBehindAService) {
  const auto through_service = [](ExampleExchange& example) {
    example.base.via = ipv4({198, 19, 10, 73}, 80);
    example.request.authority = "backend";
  };
  expect_each(
      {
          // svc/x: the Service's address and those of its pods.
          {R"(to { networks { ip: "\306\023\012\111" prefix_bits: 32 } port: 80 })", kYes},
          {R"(to { networks { ip: "\306\023\012\111" prefix_bits: 32 } })", kYes},
          // deploy/x: those of its pods.
          {R"(to { networks { ip: "\306\022\014\003" prefix_bits: 32 } port: 8080 })", kYes},
          {R"(to { networks { ip: "\306\022\014\003" prefix_bits: 32 } port: 80 })", kYes},
          {R"(to { networks { ip: "\306\023\012\111" prefix_bits: 32 } port: 8080 })", kYes},
          {R"(to { port: 80 })", kYes},
          {R"(to { port: 8080 })", kYes},
          {R"(to { port: 443 })", kNo},
          {R"(to { networks { ip: "\306\023\012\112" prefix_bits: 32 } })", kNo},
          {R"(to { networks { ip: "\306\022\014\003" prefix_bits: 32 } port: 443 })", kNo},
          {R"(to { host: "backend" port: 80 })", kYes},
          {R"(to { host: "backend" port: 8080 })", kYes},
          {R"(to { host: "backend" port: 443 })", kNo},
          // Who asks has no other address.
          {R"(from { networks { ip: "\306\022\013\003" prefix_bits: 32 } })", kYes},
          {R"(from { networks { ip: "\306\023\012\111" prefix_bits: 32 } })", kNo},
          {R"(from { port: 80 })", kNo},
          // The kernel sees the port that passes.
          {"ports: 80", kYes},
          {"ports: 43210", kYes},
          {"ports: 8080", kNo},
      },
      through_service);
}

TEST(TapFilterTest, PeersByHost) {
  expect_each({
      {R"(to { host: "backend" })", kYes},
      {R"(to { host: "BackEnd." })", kYes},
      {R"(to { host: "backend" port: 8080 })", kYes},
      {R"(to { host: "backend" port: 80 })", kNo},
      {R"(to { host: "back" })", kNo},
      {R"(to { host: "other" } to { port: 8080 })", kYes},
      {R"(from { host: "backend" })", kUnknown},
      {R"(from { host: "backend" } from { port: 43210 })", kYes},
      {R"(from { host: "backend" } methods: "POST")", kNo},
  });
  // A service's port is translated on the way; the client wrote the one it asked for, or left out the default.
  expect_each({{R"(to { host: "backend" port: 80 })", kYes}, {R"(to { host: "backend" port: 443 })", kNo}},
              [](ExampleExchange& example) { example.request.authority = "BACKEND:80"; });
  expect_each({{R"(to { host: "backend" port: 80 })", kYes}, {R"(to { host: "backend" port: 81 })", kNo}},
              [](ExampleExchange& example) { example.request.authority = "u@backend."; });
  expect_each({{R"(to { host: "backend" })", kUnknown}}, without_request);
  expect_each({{R"(to { host: "2001:2::1" })", kYes}},
              [](ExampleExchange& example) { example.request.authority = "[2001:2::1]:80"; });
}

TEST(TapFilterTest, Methods) {
  expect_each({{"methods: 'GET'", kYes},
               {"methods: 'get'", kYes},
               {"methods: 'POST' methods: 'GET'", kYes},
               {"methods: 'POST'", kNo},
               {"methods: 'GE'", kNo}});
  expect_each({{"methods: 'GET'", kUnknown}}, without_request);
}

TEST(TapFilterTest, Paths) {
  expect_each({{"paths: '/'", kYes},
               {"paths: '/api/ca'", kYes},
               {"paths: '/api/cart'", kYes},
               {"paths: '/api/cart?id'", kNo},  // the query is no part of it
               {"paths: '/API'", kNo},
               {"paths: '/x' paths: '/api'", kYes},
               {"paths: '/api/*'", kYes},
               {"paths: '*cart'", kYes},
               {"paths: '*id=7'", kNo},
               {"paths: '/*/item'", kNo}});
  expect_each({{"paths: '/'", kUnknown}}, without_request);
}

TEST(TapFilterTest, AuthoritiesAndSchemes) {
  expect_each({{"authorities: 'backend'", kYes},
               {"authorities: 'BACKEND:8080'", kYes},
               {"authorities: 'backend:80'", kNo},
               {"authorities: 'backend.shop'", kNo},
               {"schemes: 'http'", kYes},
               {"schemes: 'HTTP'", kYes},
               {"schemes: 'https'", kNo}});
  expect_each({{"authorities: 'backend:80'", kYes}, {"authorities: 'backend:443'", kNo}},
              [](ExampleExchange& example) { example.request.authority = "backend"; });
  // HTTP/1.0 without Host: nothing is missing, so there was none.
  expect_each({{"authorities: 'backend'", kNo}}, [](ExampleExchange& example) { example.request.authority.reset(); });
  expect_each({{"authorities: 'backend'", kUnknown}}, [](ExampleExchange& example) {
    example.request.authority.reset();
    example.base.missing.add(Missing::kUnknownHeaders);
  });
  expect_each({{"schemes: 'http'", kUnknown}, {"authorities: 'backend'", kUnknown}}, without_request);
}

TEST(TapFilterTest, Protocols) {
  expect_each({{"protocols: PROTOCOL_HTTP_1_1", kYes},
               {"protocols: [PROTOCOL_HTTP_1_0, PROTOCOL_HTTP_2]", kNo},
               {"protocols: [PROTOCOL_HTTP_2, PROTOCOL_HTTP_1_1]", kYes}});
  expect_each({{"protocols: PROTOCOL_HTTP_2", kYes},
               {"protocols: PROTOCOL_HTTP_1_1", kNo},
               {"protocols: PROTOCOL_HTTP_2 grpc_statuses: 5", kYes},
               {"protocols: PROTOCOL_HTTP_2 grpc_statuses: 0", kNo}},
              over_grpc);
  expect_each({{"protocols: PROTOCOL_HTTP_2", kUnknown}},
              [](ExampleExchange& example) { example.base.protocol = exchange::Protocol::kUnknown; });
}

TEST(TapFilterTest, Statuses) {
  expect_each({{"statuses { first: 200 last: 200 }", kYes},
               {"statuses { first: 200 last: 299 }", kYes},
               {"statuses { first: 201 last: 299 }", kNo},
               {"statuses { first: 100 last: 199 }", kNo},
               {"statuses { first: 200 last: 299 negated: true }", kNo},
               {"statuses { first: 400 last: 499 negated: true }", kYes},
               {"statuses { first: 500 last: 599 } statuses { first: 200 last: 200 }", kYes},
               {"statuses { first: 200 last: 299 negated: true } statuses { first: 200 last: 200 }", kYes}});
  expect_each(
      {{"statuses { first: 200 last: 200 }", kUnknown}, {"statuses { first: 200 last: 299 negated: true }", kUnknown}},
      without_response);
  expect_each({{"statuses { first: 200 last: 200 }", kNotYet}}, open_without_response);
  expect_each({{"statuses { first: 200 last: 200 }", kYes}, {"statuses { first: 500 last: 599 }", kNo}},
              open_with_response);
}

TEST(TapFilterTest, GrpcStatuses) {
  expect_each({{"grpc_statuses: 5", kYes}, {"grpc_statuses: [0, 13]", kNo}, {"grpc_statuses: [0, 5]", kYes}},
              over_grpc);
  expect_each({{"grpc_statuses: 5", kNo}});  // JSON
  const auto without_trailers = [](ExampleExchange& example) {
    over_grpc(example);
    example.response_trailers.clear();
  };
  expect_each({{"grpc_statuses: 5", kNo}}, without_trailers);
  expect_each({{"grpc_statuses: 5", kUnknown}}, [&](ExampleExchange& example) {
    without_trailers(example);
    example.base.missing.add(Missing::kLostPackets);
  });
  expect_each({{"grpc_statuses: 5", kNotYet}}, [&](ExampleExchange& example) {
    without_trailers(example);
    example.base.end = End::kOpen;
  });
  // Trailers have passed, and yet the stream is open; trailers alone; a code that gRPC does not define.
  expect_each({{"grpc_statuses: 5", kYes}, {"grpc_statuses: 0", kNo}}, [](ExampleExchange& example) {
    over_grpc(example);
    example.base.end = End::kOpen;
  });
  expect_each({{"grpc_statuses: 12", kYes}, {"grpc_statuses: 5", kNo}}, [](ExampleExchange& example) {
    over_grpc(example);
    example.response_headers.push_back({"grpc-status", "12"});
    example.response_trailers.clear();
  });
  expect_each({{"grpc_statuses: 99", kYes}, {"grpc_statuses: 5", kNo}}, [](ExampleExchange& example) {
    over_grpc(example);
    example.response_trailers = {{"grpc-status", "99"}};
  });
  // Reset before any trailers: nothing is missing, so there was none.
  expect_each({{"grpc_statuses: 1", kNo}}, [&](ExampleExchange& example) {
    without_trailers(example);
    example.base.end = End::kReset;
    example.base.reset = exchange::StreamReset{.error_code = 8, .by_source = true};
  });
  // Joined late: the status, or the content type that makes it one, cannot be known.
  for (const bool in_trailers : {true, false}) {
    const auto unknown_name = [&](ExampleExchange& example) {
      over_grpc(example);
      (in_trailers ? example.response_trailers : example.response_headers) = {{"", "", false}};
      example.base.missing.add(Missing::kUnknownHeaders);
    };
    expect_each({{"grpc_statuses: 5", kUnknown}}, unknown_name);
    expect_each({{"grpc_statuses: 5", kNotYet}}, [&](ExampleExchange& example) {
      unknown_name(example);
      example.base.end = End::kOpen;
    });
  }
  expect_each({{"grpc_statuses: 5", kNo}}, open_with_response);  // JSON, whatever may come
  expect_each({{"grpc_statuses: 5", kNotYet}}, open_without_response);
  expect_each({{"grpc_statuses: 5", kUnknown}}, without_response);
}

TEST(TapFilterTest, Latency) {
  expect_each({{"min_latency_nanos: 12400000", kYes},
               {"min_latency_nanos: 12400001", kNo},
               {"max_latency_nanos: 12400000", kYes},
               {"max_latency_nanos: 12399999", kNo},
               {"min_latency_nanos: 1 max_latency_nanos: 20000000", kYes},
               {"min_latency_nanos: 0", kYes}});
  expect_each({{"min_latency_nanos: 0", kNotYet}}, open_without_response);
  expect_each({{"min_latency_nanos: 1", kYes}, {"max_latency_nanos: 1", kNo}}, open_with_response);
  expect_each({{"min_latency_nanos: 0", kUnknown}}, without_response);
  expect_each({{"max_latency_nanos: 1", kUnknown}}, without_request);
}

TEST(TapFilterTest, PortsOfEitherEnd) {
  expect_each({{"ports: 8080", kYes}, {"ports: 43210", kYes}, {"ports: [1, 2]", kNo}, {"ports: [1, 8080]", kYes}});
}

TEST(TapFilterTest, Headers) {
  const auto change = [](ExampleExchange& example) {
    example.request_headers = {{"Accept", "*/*"}, {"X-Id", "", false}, {"X-Two", "a"}, {"X-Two", "b"}};
    example.response_headers = {{"Server", "nginx/1.2"}};
    example.response_trailers = {{"X-Sum", "9"}};
    example.request_trailers = {{"X-Up", "1"}};
  };
  expect_each({{"headers { name: 'accept' }", kYes},
               {"headers { name: 'SERVER' }", kYes},
               {"headers { name: 'x-sum' }", kYes},
               {"headers { name: 'x-up' value: '1' }", kYes},
               {"headers { name: 'x-none' }", kNo},
               {"headers { name: 'accept' value: '*/*' }", kYes},
               {"headers { name: 'accept' value: '*' }", kNo},
               {"headers { name: 'x-two' value: 'b' }", kYes},
               {"headers { name: 'server' regex: '^nginx/[0-9.]+$' }", kYes},
               {"headers { name: 'server' regex: 'apache' }", kNo},
               {"headers { name: 'x-id' }", kYes},
               {"headers { name: 'x-id' value: '1' }", kUnknown},
               {"headers { name: 'x-id' regex: '1' }", kUnknown},
               {"headers { name: 'accept' } headers { name: 'server' }", kYes},
               {"headers { name: 'accept' } headers { name: 'x-none' }", kNo},
               {"headers { name: 'x-id' value: '1' } headers { name: 'x-none' }", kNo}},
              change);
  // Another one may have been lost.
  expect_each({{"headers { name: 'accept' }", kYes}, {"headers { name: 'x-none' }", kUnknown}},
              [&](ExampleExchange& example) {
                change(example);
                example.base.missing.add(Missing::kLostPackets);
              });
  expect_each({{"headers { name: 'accept' }", kYes}, {"headers { name: 'x-none' }", kNotYet}},
              [&](ExampleExchange& example) {
                change(example);
                open_with_response(example);
              });
}

// HPACK after a late join. Whether that is told in `missing` too makes no difference.
TEST(TapFilterTest, AHeaderWithoutAKnownNameMayBeTheOneAskedFor) {
  const auto change = [](ExampleExchange& example) {
    example.request_headers = {{"Accept", "*/*"}, {"", "s3cr3t"}};
    example.response_trailers = {{"", "", false}};
  };
  const auto name_alone = [](ExampleExchange& example) { example.request_headers = {{"", "blue"}}; };
  expect_each({{"headers { name: 'accept' }", kYes},
               {"headers { name: 'accept' value: '*/*' }", kYes},
               {"headers { name: 'x-none' }", kUnknown},
               {"headers { name: 'x-none' value: 's3cr3t' }", kUnknown},
               {"headers { name: 'x-none' } methods: 'POST'", kNo}},
              change);
  // What may not be shown is not found out by asking either; what may rules out what it is not.
  expect_each({{"headers { name: 'x-none' value: 'blue' }", kUnknown},
               {"headers { name: 'x-none' value: 'red' }", kUnknown},
               {"headers { name: 'x-none' regex: '^r' }", kUnknown},
               {"headers { name: 'x-none' value: 'blue' } unredacted: true", kUnknown},
               {"headers { name: 'x-none' regex: '^b' } unredacted: true", kUnknown},
               {"headers { name: 'x-none' value: 'red' } unredacted: true", kNo},
               {"headers { name: 'x-none' regex: '^r' } unredacted: true", kNo}},
              name_alone);
  expect_each({{"headers { name: 'accept' }", kYes}, {"headers { name: 'x-none' }", kNotYet}},
              [&](ExampleExchange& example) {
                change(example);
                open_with_response(example);
              });
}

// A tap that may not see a credential must not find it out by asking.
TEST(TapFilterTest, DoesNotAnswerForCredentials) {
  const auto change = [](ExampleExchange& example) {
    example.request_headers = {
        {"Authorization", "Bearer s3cr3t"}, {"Referer", "https://h/?token=s3cr3t&x=1"}, {"X-Custom", "Basic czNjcjN0"}};
  };
  expect_each({{"headers { name: 'authorization' }", kYes},
               {"headers { name: 'authorization' value: 'Bearer s3cr3t' }", kUnknown},
               {"headers { name: 'authorization' value: 'Bearer other' }", kUnknown},
               {"headers { name: 'authorization' regex: '^Bearer s' }", kUnknown},
               {"headers { name: 'authorization' regex: '^Bearer x' }", kUnknown},
               {"headers { name: 'x-custom' regex: 'c' }", kUnknown},
               {"headers { name: 'referer' regex: 'token=s' }", kNo},
               {"headers { name: 'referer' regex: 'x=1' }", kYes},
               {"headers { name: 'authorization' value: 'Bearer s3cr3t' } unredacted: true", kYes},
               {"headers { name: 'authorization' regex: '^Bearer x' } unredacted: true", kNo},
               {"headers { name: 'referer' regex: 'token=s' } unredacted: true", kYes}},
              change);
}

TEST(TapFilterTest, ANoDecidesWhateverIsUnknown) {
  expect_each({{"methods: 'POST' headers { name: 'x' }", kNo},
               {"statuses { first: 200 last: 200 } methods: 'POST'", kNo},
               {"statuses { first: 200 last: 200 } methods: 'GET'", kNotYet}},
              open_without_response);
  expect_each({{"methods: 'GET' ports: 1", kNo}, {"methods: 'GET' ports: 8080", kUnknown}}, without_request);
}

TEST(TapFilterTest, KnowsWhichServersMayBeWanted) {
  const auto server = ipv4({198, 18, 12, 3}, 8443);
  const auto may_want = [&](std::string_view text) {
    const TapSpec spec = spec_of(text);
    return TapFilter(spec, nullptr).may_want(server);
  };
  EXPECT_TRUE(may_want(""));
  EXPECT_TRUE(may_want("methods: 'GET'"));
  EXPECT_TRUE(may_want("ports: 8443"));
  EXPECT_FALSE(may_want("ports: 8080"));
  EXPECT_TRUE(may_want(R"(to { networks { ip: "\306\022\014\003" prefix_bits: 32 } })"));
  EXPECT_FALSE(may_want(R"(to { networks { ip: "\306\022\014\004" prefix_bits: 32 } })"));
  EXPECT_FALSE(may_want(R"(to { networks { ip: "\306\022\014\003" prefix_bits: 32 } port: 80 })"));
  EXPECT_TRUE(may_want(R"(to { host: "backend" port: 80 })"));
  const TapSpec by_backend = spec_of(R"(to { networks { ip: "\306\022\015\007" prefix_bits: 32 } port: 9443 })");
  EXPECT_TRUE(TapFilter(by_backend, nullptr).may_want(server, ipv4({198, 18, 13, 7}, 9443)));
  EXPECT_FALSE(TapFilter(by_backend, nullptr).may_want(server, ipv4({198, 18, 13, 8}, 9443)));
  EXPECT_FALSE(TapFilter(by_backend, nullptr).may_want(server));
}

}  // namespace
}  // namespace podwire::tap
