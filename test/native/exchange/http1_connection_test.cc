// Connections that are seen from their first byte, without loss.
#include "exchange/http1_connection.h"

#include <gtest/gtest.h>

#include "http1/limits.h"
#include "observed.h"

namespace podwire::exchange {
namespace {

using tcp::Side;
using test::get;
using test::Observed;
using test::ok;

TEST(Http1Connection, OneExchangeWithItsFacts) {
  Observed run;
  run.client("POST /cart?id=7 HTTP/1.1\r\nHost: shop\r\n").client("Content-Length: 2\r\n\r\nhi");    // 1000, 1010
  run.server("HTTP/1.1 201 Cre").server("ated\r\nA: b\r\nContent-Length: 3\r\n\r\na").server("bc");  // 1020…1040
  ASSERT_EQ(run.text, "complete POST /cart?id=7 2 -> 201 3\n");
  const test::SeenExchange& seen = run.exchanges[0];
  EXPECT_EQ(seen.start_ns, 1000U);
  EXPECT_EQ(seen.first_ns, 20U);
  EXPECT_EQ(seen.duration_ns, 40U);
  EXPECT_EQ(seen.request_wire, 61U);   // 26 + 12 + 19 + 2 + 2
  EXPECT_EQ(seen.response_wire, 52U);  // 22 + 6 + 19 + 2 + 3
  EXPECT_EQ(seen.scheme, "http");
  EXPECT_EQ(seen.authority, "shop");
  EXPECT_EQ(seen.request_headers, "Host=shop;Content-Length=2;");
  EXPECT_EQ(seen.response_headers, "A=b;Content-Length=3;");
  EXPECT_EQ(seen.reason, "Created");
  EXPECT_EQ(seen.protocol, Protocol::kHttp11);
  EXPECT_EQ(seen.direction, Direction::kOutbound);
  EXPECT_EQ(seen.source_port, 40'000);
  EXPECT_EQ(seen.destination_port, 80);
  EXPECT_FALSE(seen.announced);
  EXPECT_EQ(run.engine.open_exchanges(), 0U);
  EXPECT_EQ(run.engine.stored_bytes(), 0U);
}

TEST(Http1Connection, EveryStreamByteByByte) {
  Observed run;
  for (const char c : get("/1") + "\r\n" + get("/2")) run.client({&c, 1});
  for (const char c : ok("hello") + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n") {
    run.server({&c, 1});
  }
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 5\ncomplete GET /2 0 -> 200 3\n");
}

TEST(Http1Connection, KeepAliveAndPipelining) {
  Observed run;
  run.client(get("/1")).server(ok("a")).client(get("/2") + get("/3") + get("/4"));
  run.server(ok("bb") + ok("ccc")).server(ok("dddd"));
  EXPECT_EQ(run.text,
            "complete GET /1 0 -> 200 1\ncomplete GET /2 0 -> 200 2\n"
            "complete GET /3 0 -> 200 3\ncomplete GET /4 0 -> 200 4\n");
}

TEST(Http1Connection, TheRequestFramesItsResponse) {
  Observed run;
  run.client("HEAD /1 HTTP/1.1\r\n\r\n" + get("/2"));
  run.server("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + ok("x"));
  EXPECT_EQ(run.text, "complete HEAD /1 0 -> 200 0\ncomplete GET /2 0 -> 200 1\n");
}

TEST(Http1Connection, InformationalResponsesComeBefore) {
  Observed run;
  run.client("PUT /1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");      // 1000
  run.server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");  // 1010
  run.client("y").server(ok("done"));                                                      // 1020, 1030
  EXPECT_EQ(run.text, "complete PUT /1 1 -> 200 4\n");
  EXPECT_EQ(run.exchanges[0].informational, "100()103(Link=x;)");
  EXPECT_EQ(run.exchanges[0].first_ns, 30U);
}

TEST(Http1Connection, InformationalResponsesAreBounded) {
  Observed run;
  run.client(get("/1"));
  for (std::size_t i = 0; i < kMaxInformational + 1; ++i) run.server("HTTP/1.1 102 Processing\r\n\r\n");
  run.server(ok(""));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0 too-many-informational\n");
}

TEST(Http1Connection, AResponseMayEndBeforeItsRequest) {
  Observed run;
  run.client("POST /1 HTTP/1.1\r\nContent-Length: 4\r\n\r\nab");  // 1000
  run.server(ok("early"));                                        // 1010
  EXPECT_EQ(run.text, "");
  run.client("cd" + get("/2")).server(ok(""));
  EXPECT_EQ(run.text, "complete POST /1 4 -> 200 5\ncomplete GET /2 0 -> 200 0\n");
  EXPECT_EQ(run.exchanges[0].duration_ns, 10U);
}

TEST(Http1Connection, AResponseThatNobodyAskedFor) {
  Observed run;
  run.client(get("/1")).server(ok("")).server("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  run.end(Side::kResponder).end(Side::kInitiator).close();
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0\ncomplete - -> 408 0 no-request\n");
  EXPECT_EQ(run.exchanges[1].first_ns, std::nullopt);
  EXPECT_EQ(run.exchanges[1].duration_ns, std::nullopt);
  EXPECT_EQ(run.exchanges[1].source_port, 40'000);
}

TEST(Http1Connection, ABodyUntilCloseIsCompleteAtFin) {
  Observed run;
  run.client("GET / HTTP/1.0\r\n\r\n").server("HTTP/1.0 200 OK\r\n\r\nall").server(" of it");
  EXPECT_EQ(run.text, "");
  run.end(Side::kResponder).end(Side::kInitiator).close();
  EXPECT_EQ(run.text, "complete GET / 0 -> 200 9\n");
  EXPECT_EQ(run.exchanges[0].protocol, Protocol::kHttp10);
}

TEST(Http1Connection, WhatFinResetAndCloseLeaveBehind) {
  Observed cut;
  cut.client(get("/1") + get("/2")).server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").end(Side::kResponder);
  EXPECT_EQ(cut.text, "closed GET /1 0 -> 200 3\nclosed GET /2 0 -> - no-response\n");
  Observed reset;
  reset.client(get("/1")).server("HTTP/1.0 200 OK\r\n\r\nabc").end(Side::kResponder, tcp::StreamEnd::kReset);
  EXPECT_EQ(reset.text, "reset GET /1 0 -> 200 3\n");
  Observed request;
  request.client("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc").end(Side::kInitiator);
  EXPECT_EQ(request.text, "") << "the server may still answer";
  request.server(ok("no"));
  EXPECT_EQ(request.text, "closed POST / 3 -> 200 2\n");
  Observed waiting;
  waiting.client(get("/1")).end(Side::kInitiator).close();
  EXPECT_EQ(waiting.text, "closed GET /1 0 -> - no-response\n");
}

TEST(Http1Connection, WhyItIsNotWatchedAnyMore) {
  const auto closed_by = [](tcp::CloseCause cause) {
    Observed run;
    run.client(get("/1")).close(cause);
    return run.text;
  };
  EXPECT_EQ(closed_by(tcp::CloseCause::kDetached), "detached GET /1 0 -> - no-response\n");
  EXPECT_EQ(closed_by(tcp::CloseCause::kIdle), "detached GET /1 0 -> - no-response idle\n");
  EXPECT_EQ(closed_by(tcp::CloseCause::kEvicted),
            "loss flow-evicted 9:80\ndetached GET /1 0 -> - no-response evicted\n");
  EXPECT_EQ(closed_by(tcp::CloseCause::kReused), "closed GET /1 0 -> - lost-packets no-response\n");
}

TEST(Http1Connection, UpgradesEndWithIt) {
  Observed run;
  run.client("GET /print HTTP/1.1\r\nUpgrade: IPP/2.7\r\nConnection: Upgrade\r\n\r\n");
  run.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: IPP/2.7\r\n\r\nsomething else");
  EXPECT_EQ(run.text, "upgraded GET /print 0 -> 101 0\n");
  EXPECT_TRUE(run.ignored);
  run.client("something else").close();
  EXPECT_EQ(run.text, "upgraded GET /print 0 -> 101 0\n");
}

TEST(Http1Connection, TunnelsGrantedAndRefused) {
  Observed granted;
  granted.client("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n").server("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(granted.text, "upgraded CONNECT b:443 0 -> 200 0\n");
  EXPECT_TRUE(granted.ignored);
  Observed refused;
  refused.client("CONNECT b:443 HTTP/1.1\r\n\r\n");
  refused.server("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  refused.client(get("/2")).server(ok("x"));
  EXPECT_EQ(refused.text, "complete CONNECT b:443 0 -> 407 0\ncomplete GET /2 0 -> 200 1\n");
}

TEST(Http1Connection, AuthorityAndPathOfEachTargetForm) {
  Observed run;
  run.client("GET https://b/x?y HTTP/1.1\r\nHost: ignored\r\n\r\n").server(ok(""));
  run.client("OPTIONS * HTTP/1.1\r\nHost: c\r\n\r\n").server(ok(""));
  run.client("GET /plain HTTP/1.0\r\n\r\n").server(ok(""));
  EXPECT_EQ(run.text, "complete GET /x?y 0 -> 200 0\ncomplete OPTIONS * 0 -> 200 0\ncomplete GET /plain 0 -> 200 0\n");
  EXPECT_EQ(run.exchanges[0].scheme, "https");
  EXPECT_EQ(run.exchanges[0].authority, "b");
  EXPECT_EQ(run.exchanges[1].authority, "c");
  EXPECT_EQ(run.exchanges[2].authority, "-");
}

TEST(Http1Connection, MalformedInputEndsWhatIsOpen) {
  Observed run;
  run.client(get("/1")).server(ok("")).client(get("/2")).server("nonsense\r\n").server(ok(""));
  EXPECT_EQ(run.text,
            "complete GET /1 0 -> 200 0\ndetached GET /2 0 -> - malformed no-response\nloss malformed 9:80\n");
  EXPECT_TRUE(run.ignored);
  Observed length;
  length.client("POST /1 HTTP/1.1\r\nContent-Length: 1x\r\n\r\n");
  EXPECT_EQ(length.text, "detached POST /1 0 -> - malformed no-response\nloss malformed 9:80\n");
}

TEST(Http1Connection, DoubtfulFramingIsReadAndMarked) {
  Observed run;
  run.client("POST /1 HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").server(ok(""));
  run.client(get("/2")).server(ok(""));
  EXPECT_EQ(run.text, "complete POST /1 0 -> 200 0 malformed\ncomplete GET /2 0 -> 200 0\n");
}

TEST(Http1Connection, TrailersAndFoldedFields) {
  Observed run;
  run.client("GET / HTTP/1.1\r\nA: b\r\n  c\r\nHost: h\r\n\r\n");
  run.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\ngrpc-status: 5\r\n\r\n");
  EXPECT_EQ(run.exchanges[0].request_headers, "A=b c;Host=h;");
  EXPECT_EQ(run.exchanges[0].response_trailers, "grpc-status=5;");
}

TEST(Http1Connection, BodiesAreKeptWhenWantedUpToTheirCap) {
  Observed run;
  run.body_wanted = 4;
  run.client("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")
      .server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
  run.server("def");
  EXPECT_EQ(run.exchanges[0].request_body, "hi");
  EXPECT_EQ(run.exchanges[0].response_body, "abcd");
  EXPECT_TRUE(run.exchanges[0].response_truncated);
}

TEST(Http1Connection, LargeBodiesAreSkippedOnceEnoughIsKept) {
  Observed run;
  run.body_wanted = 4;
  run.client(get("/1")).server("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nab");
  EXPECT_TRUE(run.skips.empty());
  run.server("cdef");
  ASSERT_EQ(run.skips, std::vector<std::uint64_t>{99'994});
  run.skipped(Side::kResponder, 99'993).server("x");
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 100000\n");
  EXPECT_EQ(run.exchanges[0].response_body, "abcd");
  EXPECT_EQ(run.exchanges[0].duration_ns, 40U);  // the fifth call
  EXPECT_EQ(run.skips.size(), 1U);
  run.client(get("/2")).server(ok("small"));
  EXPECT_EQ(run.skips.size(), 1U);
}

TEST(Http1Connection, TheSkipMayReachTheLastByte) {
  Observed run;
  run.client(get("/1")).server("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
  ASSERT_EQ(run.skips, std::vector<std::uint64_t>{100'000});
  run.skipped(Side::kResponder, 100'000);
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 100000\n");
  EXPECT_EQ(run.exchanges[0].duration_ns, 20U);
}

TEST(Http1Connection, DirectionFollowsTheClient) {
  const auto direction = [](tcp::Hook hook, bool client_is_initiator) {
    Observed run;
    run.info.initiator_hook = hook;
    run.info.joined_late = true;
    const Side client = client_is_initiator ? Side::kInitiator : Side::kResponder;
    run.data(client, get("/1")).data(tcp::opposite(client), ok(""));
    return run.exchanges.at(0).direction;
  };
  EXPECT_EQ(direction(tcp::Hook::kEgress, true), Direction::kOutbound);
  EXPECT_EQ(direction(tcp::Hook::kIngress, true), Direction::kInbound);
  EXPECT_EQ(direction(tcp::Hook::kEgress, false), Direction::kInbound);
  EXPECT_EQ(direction(tcp::Hook::kIngress, false), Direction::kOutbound);
  EXPECT_EQ(direction(tcp::Hook::kInternal, true), Direction::kInternal);
  EXPECT_EQ(direction(tcp::Hook::kNone, true), Direction::kUnknown);
}

TEST(Http1Connection, PipelinesAreBounded) {
  ExchangeLimits limits;
  limits.max_pipelined = 2;
  Observed run(limits);
  run.client(get("/1") + get("/2") + get("/3")).server(ok("") + ok("") + ok(""));
  EXPECT_EQ(run.text,
            "complete GET /3 0 -> - no-response too-deep-pipeline\ncomplete GET /1 0 -> 200 0\n"
            "complete GET /2 0 -> 200 0\ncomplete - -> 200 0 no-request too-deep-pipeline\n");
}

TEST(Http1Connection, WhatIsOpenInAllIsBounded) {
  ExchangeLimits limits;
  limits.max_open = 2;
  Observed run(limits);
  run.client(get("/1") + get("/2") + get("/3")).server(ok("") + ok("") + ok(""));
  EXPECT_EQ(run.text,
            "complete GET /3 0 -> - no-response memory-full\ncomplete GET /1 0 -> 200 0\n"
            "complete GET /2 0 -> 200 0\ncomplete - -> 200 0 no-request memory-full\n");
}

// With what was read of them before.
TEST(Http1Connection, MalformedHeadsAreTold) {
  Observed first;
  first.client("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\nx").server(ok(""));
  EXPECT_EQ(first.text, "detached POST /1 - -> - malformed no-response unknown-headers\nloss malformed 9:80\n");
  EXPECT_EQ(first.exchanges[0].request_headers, "Host=a;");
  Observed response;
  response.client(get("/1")).server(ok("")).client(get("/2")).server("HTTP/1.1 200 OK\r\nno colon\r\n\r\n");
  EXPECT_EQ(response.text,
            "complete GET /1 0 -> 200 0\ndetached GET /2 0 -> 200 - malformed unknown-headers\nloss malformed 9:80\n");
  Observed start_line;
  start_line.client(get("/1")).server(ok("")).client("GET / two HTTP/1.1\r\n\r\n");
  EXPECT_EQ(start_line.text, "complete GET /1 0 -> 200 0\nloss malformed 9:80\n");
}

TEST(Http1Connection, WhatOnlyBeganLikeHttpIsCounted) {
  for (const std::string begun : {"GET /never HT", "GET /never HTTP/1.1"}) {
    Observed run;
    run.client(begun).end(tcp::Side::kInitiator).close();
    EXPECT_EQ(run.text, "loss not-http 9:80\n") << begun;
  }
  Observed told;
  told.client("GET /begun HTTP/1.1\r\nHo").end(tcp::Side::kInitiator).close();
  EXPECT_EQ(told.text, "closed GET /begun - -> - no-response unknown-headers\n");
}

TEST(Http1Connection, HeadsBeyondTheirBoundsAreToldAsThat) {
  Observed fields;
  std::string many = "GET /1 HTTP/1.1\r\n";
  for (std::size_t i = 0; i <= http1::kMaxFields; ++i) many += "A: b\r\n";
  fields.client(many + "\r\n");
  EXPECT_EQ(fields.text, "detached GET /1 - -> - no-response unknown-headers headers-too-large\nloss malformed 9:80\n")
      << "it read like a head to the limit";
  Observed head;
  head.client(get("/1")).server(ok("")).client(get("/2"));
  head.server("HTTP/1.1 200 OK\r\nA: " + std::string(http1::kMaxHeadBytes, 'a'));
  EXPECT_EQ(head.text,
            "complete GET /1 0 -> 200 0\ndetached GET /2 0 -> 200 - unknown-headers headers-too-large\n"
            "loss malformed 9:80\n");
}

TEST(Http1Connection, MemoryForHeadsThatAreNotWholeIsBounded) {
  ExchangeLimits limits;
  limits.max_incomplete_bytes = 4'000;
  Observed run(limits);
  run.client(get("/1")).server("HTTP/1.1 200 OK\r\nA: " + std::string(8'000, 'a'));
  EXPECT_EQ(run.text, "detached GET /1 0 -> - no-response memory-full\nloss malformed 9:80\n");
  EXPECT_TRUE(run.ignored);
  EXPECT_EQ(run.engine.incomplete_bytes(), 0U);
}

}  // namespace
}  // namespace podwire::exchange
