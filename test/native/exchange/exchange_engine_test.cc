#include "exchange/exchange_engine.h"

#include <gtest/gtest.h>

#include <set>

#include "observed.h"

namespace podwire::exchange {
namespace {

using test::get;
using test::Observed;
using test::ok;

TEST(ExchangeEngine, WhatIsOpenForASecondIsSentOnce) {
  Observed run;
  run.now = 5'000;
  run.client(get("/events")).server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n");
  run.engine.advance(5'000 + kAnnounceAfterNs - 1);
  EXPECT_EQ(run.text, "");
  run.engine.advance(5'000 + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open GET /events 0 -> 200 4\n");
  run.engine.advance(5'000 + 9 * kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "");
  run.server("0\r\n\r\n");
  EXPECT_EQ(run.take(), "complete GET /events 0 -> 200 4\n");
  EXPECT_FALSE(run.exchanges[0].announced);
  EXPECT_TRUE(run.exchanges[1].announced);
  EXPECT_EQ(run.exchanges[0].id, run.exchanges[1].id);
}

TEST(ExchangeEngine, AnOpenExchangeWithoutResponseMissesNothing) {
  Observed run;
  run.client(get("/slow"));
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.text, "open GET /slow 0 -> -\n");
}

TEST(ExchangeEngine, HalfAHeadIsNoExchangeYet) {
  Observed run;
  run.client("GET /slow HTTP/1.1\r\nHost:");
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.text, "");
  EXPECT_GT(run.engine.incomplete_bytes(), 0U);
  run.close();
  EXPECT_EQ(run.text, "closed GET /slow - -> - no-response unknown-headers\n");
  EXPECT_EQ(run.engine.incomplete_bytes(), 0U);
}

TEST(ExchangeEngine, OpenExchangesOfOneAttachmentAreVisited) {
  Observed run;
  run.client(get("/1") + get("/2"));
  std::vector<std::string> seen;
  const auto visitor = [&seen](const ExchangeView& view) { seen.push_back(test::see(view).line); };
  run.engine.for_each_open(8, visitor);
  EXPECT_TRUE(seen.empty());
  run.engine.for_each_open(9, visitor);
  EXPECT_EQ(seen,
            (std::vector<std::string>{"detached GET /1 0 -> - no-response", "detached GET /2 0 -> - no-response"}));
  run.server(ok("x"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 1\n") << "for others it goes on";
}

TEST(ExchangeEngine, IdsAreUniqueAndRepeatable) {
  const auto ids = [](std::uint64_t salt) {
    std::vector<std::uint64_t> all;
    Observed run({}, salt);
    for (int flow = 1; flow <= 3; ++flow) {
      run.info.flow_id = static_cast<std::uint64_t>(flow);
      for (int i = 0; i < 100; ++i) run.client(get("/")).server(ok(""));
      run.close();
    }
    for (const test::SeenExchange& seen : run.exchanges) all.push_back(seen.id);
    return all;
  };
  const std::vector<std::uint64_t> first = ids(0);
  EXPECT_EQ(std::set<std::uint64_t>(first.begin(), first.end()).size(), 300U);
  EXPECT_EQ(first, ids(0));
  EXPECT_NE(first, ids(1));
}

TEST(ExchangeEngine, StoredBytesAreBoundedAndTheRestIsStillTold) {
  ExchangeLimits limits;
  limits.max_stored_bytes = 200;
  Observed run(limits);
  run.body_wanted = 1'000;
  run.client(get("/1") + get("/2") + get("/3") + get("/4") + get("/" + std::string(kMaxBareStartLineBytes, 'x')));
  EXPECT_LE(run.engine.stored_bytes(), 200U);
  const std::string body(300, 'b');
  for (int i = 0; i < 5; ++i) run.server(ok(body));
  ASSERT_EQ(run.exchanges.size(), 5U);
  EXPECT_EQ(run.exchanges[0].line, "complete GET /1 0 -> 200 300 unknown-headers memory-full");
  EXPECT_EQ(run.exchanges[0].request_headers, "Host=a;") << "44 bytes with their field: four of them fit";
  EXPECT_EQ(run.exchanges[0].response_headers, "");
  EXPECT_TRUE(run.exchanges[0].response_truncated);
  EXPECT_EQ(run.exchanges[4].line, "complete GET - 0 -> 200 300 unknown-headers memory-full");
  EXPECT_EQ(run.engine.stored_bytes(), 0U);
}

TEST(ExchangeEngine, RecordsAreUsedAgainWithoutTraces) {
  Observed run;
  run.body_wanted = 10;
  run.client("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").server("HTTP/1.1 103 X\r\n\r\n");
  run.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: u\r\n\r\n");
  run.body_wanted = 0;
  run.client("GET /2 HTTP/1.0\r\n\r\n").server(ok(""));
  const test::SeenExchange& second = run.exchanges.at(1);
  EXPECT_EQ(second.line, "complete GET /2 0 -> 200 0");
  EXPECT_EQ(second.request_body + second.response_body + second.informational + second.response_trailers, "");
  EXPECT_EQ(second.authority, "-");
}

TEST(ExchangeEngine, WhatClosesWithoutAWordIsForgotten) {
  Observed run;
  {
    const auto connection = run.engine.connection(run.info, run);
    const std::string request = get("/1");
    connection->data(tcp::Side::kInitiator, {reinterpret_cast<const std::uint8_t*>(request.data()), request.size()}, 1,
                     std::nullopt);
    EXPECT_EQ(run.engine.open_exchanges(), 1U);
  }
  EXPECT_EQ(run.engine.open_exchanges(), 0U);
  EXPECT_EQ(run.text, "");
}

}  // namespace
}  // namespace podwire::exchange
