// Random traffic with random losses: properties that hold for all of it. The seeds are fixed.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "observed.h"

namespace podwire::exchange {
namespace {

using test::Observed;

// Requests name their number in the path, responses repeat it in the reason.
class RandomConnection {
 public:
  RandomConnection(unsigned seed, bool pipelines) : random_(seed), pipelines_(pipelines) {}

  void run(Observed& observed, int batches) {
    for (int batch = 0; batch < batches; ++batch) {
      const int depth = pipelines_ ? 2 + below(3) : 1;
      const bool lossy = batch > 0;  // that the client pipelines has to be seen
      std::string requests;
      std::string responses;
      for (int i = 0; i < depth; ++i) {
        requests += request(number_);
        responses += response(number_);
        ++number_;
      }
      send(observed, tcp::Side::kInitiator, requests, lossy);
      send(observed, tcp::Side::kResponder, responses, lossy);
    }
    observed.close();
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  std::string body(const std::string& head) {
    const std::string text(static_cast<std::size_t>(below(60)), 'b');
    if (below(2) == 0) return head + "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    if (!text.empty()) {
      const char* const digits = "0123456789abcdef";
      chunked += std::string{digits[text.size() / 16], digits[text.size() % 16]} + "\r\n" + text + "\r\n";
    }
    return chunked + "0\r\n\r\n";
  }
  std::string request(int number) {
    const std::string path = "/" + std::to_string(number) + " HTTP/1.1\r\nHost: a\r\n";
    return below(2) == 0 ? "GET " + path + "\r\n" : body("POST " + path);
  }
  std::string response(int number) {
    const std::string informational = below(8) == 0 ? "HTTP/1.1 103 Early\r\n\r\n" : "";
    return informational + body("HTTP/1.1 200 n" + std::to_string(number) + "\r\n");
  }

  void send(Observed& observed, tcp::Side side, const std::string& bytes, bool lossy) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min<std::size_t>(bytes.size() - at, static_cast<std::size_t>(1 + below(120)));
      if (lossy && below(12) == 0) {
        const std::uint64_t told = below(6) == 0 ? 0 : size;
        if (side == tcp::Side::kInitiator) observed.client_gap(told);
        if (side == tcp::Side::kResponder) observed.server_gap(told);
      } else {
        observed.data(side, std::string_view(bytes).substr(at, size));
      }
      at += size;
    }
  }

  std::mt19937 random_;
  bool pipelines_;
  int number_ = 1;
};

class Http1RandomLoss : public testing::TestWithParam<bool> {};

TEST_P(Http1RandomLoss, NoResponseIsPairedWithAnotherRequest) {
  std::size_t whole = 0;
  std::size_t all = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Observed observed;
    RandomConnection(seed, GetParam()).run(observed, 30);
    std::set<std::uint64_t> ids;
    for (const test::SeenExchange& seen : observed.exchanges) {
      ASSERT_TRUE(ids.insert(seen.id).second) << "ended twice: " << seen.line;
      const auto slash = seen.line.find('/');
      if (slash == std::string::npos || seen.reason.empty()) continue;
      const std::string asked = seen.line.substr(slash + 1, seen.line.find(' ', slash) - slash - 1);
      ASSERT_EQ("n" + asked, seen.reason) << seen.line << '\n' << observed.text;
      ++whole;
    }
    all += observed.exchanges.size();
    ASSERT_EQ(observed.engine.open_exchanges(), 0U);
    ASSERT_EQ(observed.engine.stored_bytes(), 0U);
    ASSERT_EQ(observed.engine.incomplete_bytes(), 0U);
  }
  EXPECT_GT(whole, 400U) << "of " << all;
}

INSTANTIATE_TEST_SUITE_P(Clients, Http1RandomLoss, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Pipelining" : "TakingTurns"; });

// Any bytes at all, with any events between them: nothing is told twice, nothing is kept.
TEST(Http1RandomBytes, NothingIsLeftBehind) {
  const std::string words[] = {"GET / HTTP/1.1\r\n",
                               "HTTP/1.1 200 OK\r\n",
                               "Content-Length: 7\r\n",
                               "\r\n",
                               "\r",
                               "Transfer-Encoding: chunked\r\n",
                               "5\r\n",
                               "0\r\n",
                               "hello",
                               " ",
                               "A: b\r\n",
                               "\n",
                               "HEAD /x HTTP/1.0\r\n",
                               "HTTP/1.1 101 S\r\n",
                               "CONNECT a:1 HTTP/1.1\r\n",
                               ":",
                               std::string(1, '\0'),
                               "\xff",
                               "HTTP/1.1 100 C\r\n\r\n",
                               "Upgrade: h2c\r\n"};
  for (unsigned seed = 1; seed <= 3'000; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
    Observed observed;
    observed.info.joined_late = below(2) == 0;
    observed.body_wanted = below(2) == 0 ? 3 : 0;
    for (int i = 0; i < 60; ++i) {
      const auto side = below(2) == 0 ? tcp::Side::kInitiator : tcp::Side::kResponder;
      const std::size_t event = below(20);
      if (event == 0) {
        observed.client_gap(below(9));
      } else if (event == 1) {
        observed.server_gap(below(9), static_cast<tcp::GapCause>(below(6)));
      } else if (event == 2) {
        observed.skipped(side, 1 + below(4));
      } else if (event == 3) {
        observed.engine.advance(observed.now + (below(2) == 0 ? kAnnounceAfterNs : 0));
      } else if (event == 4 && below(4) == 0) {
        observed.end(side, below(2) == 0 ? tcp::StreamEnd::kFin : tcp::StreamEnd::kReset);
      } else {
        observed.data(side, words[below(std::size(words))]);
      }
    }
    observed.close(static_cast<tcp::CloseCause>(below(5)));
    std::set<std::uint64_t> ended;
    for (const test::SeenExchange& seen : observed.exchanges) {
      if (!seen.line.starts_with("open ")) {
        ASSERT_TRUE(ended.insert(seen.id).second) << seed << ' ' << seen.line;
      }
    }
    ASSERT_EQ(observed.engine.open_exchanges(), 0U) << seed;
    ASSERT_EQ(observed.engine.stored_bytes(), 0U) << seed;
    ASSERT_EQ(observed.engine.incomplete_bytes(), 0U) << seed;
  }
}

}  // namespace
}  // namespace podwire::exchange
