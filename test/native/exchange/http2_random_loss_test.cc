// Random HTTP/2 traffic with random losses: what is shown unmarked is true. The seeds are fixed.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "exchange/octets.h"
#include "random_http2_talk.h"

namespace podwire::exchange {
namespace {

using namespace test;

// Plays segments to a connection, and loses some.
class Lossy {
 public:
  Lossy(unsigned seed, int one_in) : random_(seed), one_in_(one_in) {}

  void play(Observed& run, const Segment& segment, std::size_t number) {
    if (number < kWholeAtFirst || below(one_in_) > 0) {
      run.data(segment.side, segment.bytes);
      return;
    }
    first_loss_ = std::min(first_loss_, number);
    const std::string_view bytes = segment.bytes;
    const auto from = static_cast<std::size_t>(below(2) == 0 ? 0 : below(static_cast<int>(bytes.size())));
    const auto size = 1 + static_cast<std::size_t>(below(static_cast<int>(bytes.size() - from)));
    const bool to_end = from + size == bytes.size();
    if (from > 0) run.data(segment.side, bytes.substr(0, from));
    lose(run, segment.side, to_end && below(6) == 0 ? 0 : size);
    if (!to_end) run.data(segment.side, bytes.substr(from + size));
  }
  // Of the segments; SIZE_MAX: none.
  [[nodiscard]] std::size_t first_loss() const { return first_loss_; }

 private:
  static constexpr std::size_t kWholeAtFirst = 4;

  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  void lose(Observed& run, tcp::Side side, std::uint64_t told) {
    const tcp::GapCause causes[] = {tcp::GapCause::kAcknowledgedUnseen, tcp::GapCause::kReorderTimeout,
                                    tcp::GapCause::kNotCaptured};
    const tcp::GapCause cause = causes[below(3)];
    if (side == tcp::Side::kInitiator) run.client_gap(told, cause);
    if (side == tcp::Side::kResponder) run.server_gap(told, cause);
  }

  std::mt19937 random_;
  int one_in_;
  std::size_t first_loss_ = SIZE_MAX;
};

// Another connection of the same engine, of which nothing is lost.
class Untouched {
 public:
  static constexpr std::uint16_t kPort = 50'000;

  Untouched(Observed& run, const RandomHttp2Talk& talk) : talk_(talk) {
    info_ = run.info;
    info_.flow_id = 2;
    info_.initiator.port = kPort;
    connection_ = run.engine.connection(info_, control_);
  }
  void play(std::size_t number) {
    if (number >= talk_.segments().size()) return;
    const Segment& segment = talk_.segments()[number];
    connection_->data(segment.side, octets_of(segment.bytes), 1'000 + number, std::nullopt);
  }

 private:
  struct NoControl final : tcp::ConnectionControl {
    void skip(tcp::Side, std::uint64_t) override {}
    void ignore() override { ADD_FAILURE(); }
  };

  const RandomHttp2Talk& talk_;
  tcp::ConnectionInfo info_;
  NoControl control_;
  std::unique_ptr<tcp::ConnectionSink> connection_;
};

// Exchanges of both kinds of connections against the truth, and that none is told twice.
void expect_all_true(const Observed& run, const RandomHttp2Talk& lossy, std::size_t first_loss,
                     const RandomHttp2Talk& untouched) {
  std::map<std::pair<std::uint16_t, std::uint32_t>, int> told;
  for (const SeenExchange& seen : run.exchanges) {
    const bool is_untouched = seen.source_port == Untouched::kPort;
    const RandomHttp2Talk& talk = is_untouched ? untouched : lossy;
    ASSERT_TRUE(seen.stream && talk.streams().contains(*seen.stream)) << seen.line;
    const TrueExchange& exchange = talk.streams().at(*seen.stream);
    EXPECT_EQ(++told[std::pair(seen.source_port, *seen.stream)], 1) << "told twice: " << seen.line;
    expect_true(seen, exchange);
    const bool whole = is_untouched || exchange.end_segment <= first_loss;
    EXPECT_TRUE(!whole || exchange.reset || seen.missing.empty()) << seen.line;
    EXPECT_FALSE(seen.missing.has(Missing::kMalformed)) << seen.line;
  }
  EXPECT_EQ(run.text.find("malformed"), std::string::npos) << run.text;
}

void run_random_loss(int seeds, int one_in, int streams, int piece_bytes) {
  std::size_t shown = 0;
  std::size_t all = 0;
  for (unsigned seed = 1; seed <= static_cast<unsigned>(seeds); ++seed) {
    SCOPED_TRACE(seed);
    const RandomHttp2Talk talk(seed, streams, piece_bytes);
    const RandomHttp2Talk other(seed + 10'000, streams / 4, piece_bytes);
    Observed run;
    Untouched untouched(run, other);
    Lossy lossy(seed, one_in);
    for (std::size_t i = 0; i < std::max(talk.segments().size(), other.segments().size()); ++i) {
      if (i < talk.segments().size()) lossy.play(run, talk.segments()[i], i);
      untouched.play(i);
    }
    run.close();
    expect_all_true(run, talk, lossy.first_loss(), other);
    shown += run.exchanges.size();
    all += talk.streams().size() + other.streams().size();
    ASSERT_EQ(run.engine.open_exchanges(), 0U);
    ASSERT_EQ(run.engine.stored_bytes(), 0U);
    ASSERT_EQ(run.engine.incomplete_bytes(), 0U);
    ASSERT_FALSE(testing::Test::HasFailure()) << run.text;
  }
  EXPECT_GT(shown * 100, all * 85) << shown << " of " << all;
}

TEST(Http2RandomLoss, NothingUnmarkedIsWrong) { run_random_loss(150, 40, 40, 300); }
TEST(Http2RandomLoss, NorWhenMuchIsLost) { run_random_loss(60, 8, 40, 300); }
TEST(Http2RandomLoss, NorWithLargeBodies) { run_random_loss(15, 60, 20, 30'000); }

// Any frames at all, with any events between them: nothing is told twice, nothing is kept.
TEST(Http2RandomFrames, NothingIsLeftBehind) {
  for (unsigned seed = 1; seed <= 1'500; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
    const auto some_frame = [&] {
      const auto id = static_cast<std::uint32_t>(below(6));
      const std::string pieces[] = {
          block(get_fields("/1")), block(ok_fields()), block({{"x", "y"}}), "\xbe", "data", "\xff\xff\xff", ""};
      std::string bytes =
          frame(static_cast<unsigned>(below(11)), static_cast<unsigned>(below(3) == 0 ? below(256) : kWhole), id,
                pieces[below(std::size(pieces))]);
      if (below(8) == 0) bytes.resize(below(bytes.size()) + 1);
      return bytes;
    };
    Observed run;
    run.info.joined_late = below(2) == 0;
    run.body_wanted = below(2) == 0 ? 3 : 0;
    run.client(kPreface + settings()).server(settings());
    for (int i = 0; i < 60; ++i) {
      const auto side = below(2) == 0 ? tcp::Side::kInitiator : tcp::Side::kResponder;
      const std::size_t event = below(20);
      if (event == 0) {
        run.client_gap(below(30), static_cast<tcp::GapCause>(below(6)));
      } else if (event == 1) {
        run.server_gap(below(30), static_cast<tcp::GapCause>(below(6)));
      } else if (event == 2) {
        run.engine.advance(run.now + (below(2) == 0 ? kAnnounceAfterNs : 0));
      } else if (event == 3 && below(4) == 0) {
        run.end(side, below(2) == 0 ? tcp::StreamEnd::kFin : tcp::StreamEnd::kReset);
      } else if (event == 4) {
        run.now += kMaxDoubtfulStreamNs;
      } else {
        run.data(side, below(3) == 0 ? headers(static_cast<std::uint32_t>(2 * below(4) + 1),
                                               below(2) == 0 ? get_fields("/x") : ok_fields())
                                     : some_frame());
      }
    }
    run.close(static_cast<tcp::CloseCause>(below(5)));
    std::map<std::uint64_t, int> ended;
    for (const SeenExchange& seen : run.exchanges) {
      if (seen.end == End::kOpen) continue;
      ASSERT_EQ(++ended[seen.id], 1) << seed << ' ' << seen.line;
    }
    ASSERT_EQ(run.engine.open_exchanges(), 0U) << seed;
    ASSERT_EQ(run.engine.stored_bytes(), 0U) << seed;
    ASSERT_EQ(run.engine.incomplete_bytes(), 0U) << seed;
  }
}

}  // namespace
}  // namespace podwire::exchange
