// Connections at rest: what they tell is what those tell that never rest.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "observed.h"

namespace podwire::exchange {
namespace {

using test::get;
using test::Observed;
using test::ok;

// Messages, whole and in pieces, and what is none; gaps, skips and ends between them.
void play(Observed& run, unsigned seed) {
  const std::array<std::string, 4> requests = {get("/1"), "\r\nGET /2 HTTP/1.0\r\n\r\n",
                                               "POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                                               "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n"};
  const std::array<std::string, 6> responses = {
      ok("x"),
      ok(""),
      "HTTP/1.1 103 E\r\n\r\n" + ok("xy"),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
      "HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n",
      "HTTP/1.1 101 S\r\nUpgrade: other\r\n\r\n"};
  std::mt19937 random(seed);
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  run.info.joined_late = below(4) == 0;
  const std::size_t oddity = 8 + below(40);  // one of so many events
  for (int i = 0; i < 60; ++i) {
    const auto side = below(2) == 0 ? tcp::Side::kInitiator : tcp::Side::kResponder;
    const std::size_t event = below(oddity);
    if (event == 0) {
      run.client_gap(below(90), static_cast<tcp::GapCause>(below(6)));
    } else if (event == 1) {
      run.server_gap(below(90), static_cast<tcp::GapCause>(below(6)));
    } else if (event == 2 && below(8) == 0) {
      run.end(side, below(2) == 0 ? tcp::StreamEnd::kFin : tcp::StreamEnd::kReset);
      break;
    } else if (event == 3) {
      run.data(side, "\r");
    } else {
      const std::size_t depth = below(6) == 0 ? 2 : 1;
      for (std::size_t n = 0; n < depth; ++n) {
        const std::string& request = requests[below(requests.size())];
        const std::size_t cut = below(3) == 0 ? below(request.size()) : 0;
        if (cut > 0) run.client(request.substr(0, cut));
        run.client(request.substr(cut), below(3) == 0 ? Observed::Unacknowledged(below(3)) : std::nullopt);
      }
      for (std::size_t n = 0; n < depth; ++n) {
        const std::string& response = responses[below(below(20) == 0 ? responses.size() : responses.size() - 1)];
        const std::size_t cut = below(3) == 0 ? below(response.size()) : 0;
        if (cut > 0) run.server(response.substr(0, cut));
        run.server(response.substr(cut), below(3) == 0 ? Observed::Unacknowledged(below(3)) : std::nullopt);
      }
    }
  }
  run.close();
}

TEST(Http1Rest, ChangesNothingThatIsTold) {
  std::size_t exchanges = 0;
  std::size_t rested = 0;
  for (unsigned seed = 1; seed <= 3'000; ++seed) {
    SCOPED_TRACE(seed);
    Observed awake;
    awake.rests = false;
    play(awake, seed);
    Observed resting;
    resting.rests = true;
    play(resting, seed);
    ASSERT_EQ(resting.text, awake.text);
    ASSERT_EQ(resting.skips, awake.skips);
    ASSERT_EQ(resting.ignored, awake.ignored);
    ASSERT_EQ(resting.exchanges.size(), awake.exchanges.size());
    for (std::size_t i = 0; i < awake.exchanges.size(); ++i) {
      ASSERT_EQ(resting.exchanges[i].id, awake.exchanges[i].id);
    }
    exchanges += awake.exchanges.size();
    rested += resting.rested;
  }
  EXPECT_GT(exchanges, 30'000U);
  EXPECT_GT(rested, 30'000U);
}

TEST(Http1Rest, IsNotWhileAnExchangeIsOpen) {
  Observed run;
  run.rests = true;
  run.client(get("/1"));
  EXPECT_EQ(run.rested, 0U) << "a request waits";
  run.server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  EXPECT_EQ(run.rested, 0U) << "a body is under way";
  run.server("y");
  EXPECT_EQ(run.rested, 1U);
  run.client("GE");
  EXPECT_EQ(run.rested, 1U) << "half a head is held";
  run.client("T /2 HTTP/1.1\r\nHost: a\r\n\r\n").server(ok("z"));
  EXPECT_EQ(run.rested, 2U);
  EXPECT_EQ(run.close().text, "complete GET /1 0 -> 200 2\ncomplete GET /2 0 -> 200 1\n");
}

TEST(Http1Rest, IsNotOfOtherProtocols) {
  Observed run;
  run.rests = true;
  run.client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(run.rested, 0U);
}

}  // namespace
}  // namespace podwire::exchange
