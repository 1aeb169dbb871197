// HTTP/2 that is met with in the middle: nothing is ever wrong, and what comes after is known again.
#include <gtest/gtest.h>

#include "random_http2_talk.h"

namespace podwire::exchange {
namespace {

using namespace test;

constexpr tcp::Side kClient = Http2Conversation::kClient;
constexpr tcp::Side kServer = Http2Conversation::kServer;

Observed& joined_late(Observed& run) {
  run.info.joined_late = true;
  return run;
}

// Exchanges with an authority of their own, so that nothing of them refers to what came before.
void pass_some(Http2Conversation& talk) {
  for (int i = 0; i < 4; ++i) {
    const Fields fields = {{":method", "GET"}, {":scheme", "http"}, {":path", "/some"}, {":authority", "b"}};
    const std::uint32_t stream = talk.request(fields);
    talk.pass();
    talk.respond(stream, ok_fields(), "some");
    talk.pass();
  }
}

void expect_all_true(const Observed& run, const RandomHttp2Talk& talk) {
  for (const SeenExchange& seen : run.exchanges) {
    ASSERT_TRUE(seen.stream.has_value()) << seen.line;
    ASSERT_TRUE(talk.streams().contains(*seen.stream)) << seen.line;
    expect_true(seen, talk.streams().at(*seen.stream));
    EXPECT_EQ(seen.source_port, 40'000) << seen.line;
  }
}

TEST(Http2LateJoin, SeenFromItsBeginningEverythingIsKnown) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const RandomHttp2Talk talk(seed, 30, 300);
    Observed run;
    replay(run, talk.segments());
    run.close();
    expect_all_true(run, talk);
    ASSERT_EQ(run.exchanges.size(), 30U);
    for (const SeenExchange& seen : run.exchanges) {
      EXPECT_TRUE(seen.missing.empty() || seen.end == End::kReset) << seen.line;
    }
  }
}

TEST(Http2LateJoin, AtEverySegmentNothingIsWrong) {
  std::size_t all = 0;
  std::size_t shown = 0;
  std::size_t marked_late = 0;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const RandomHttp2Talk talk(seed, 40, 300);
    for (std::size_t first = 1; first < talk.segments().size(); ++first) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << " from " << first);
      Observed run;
      replay(joined_late(run), talk.segments(), first);
      run.close();
      expect_all_true(run, talk);
      ASSERT_FALSE(HasFailure());
      std::map<std::uint32_t, const SeenExchange*> by_stream;
      for (const SeenExchange& seen : run.exchanges) {
        ASSERT_TRUE(by_stream.emplace(*seen.stream, &seen).second) << "told twice: " << seen.line;
      }
      for (const auto& [stream, exchange] : talk.streams()) {
        if (exchange.first_segment < first || exchange.reset) continue;
        ++all;
        const auto seen = by_stream.find(stream);
        if (seen == by_stream.end()) continue;
        ++shown;
        marked_late += seen->second->missing.has(Missing::kJoinedLate) ? 1 : 0;
      }
    }
  }
  // Of streams that began after the join: at the very end of a conversation too little passes to find frames.
  EXPECT_GT(shown * 100, all * 97) << shown << " of " << all;
  // Those that began before frames of the other side were found.
  EXPECT_LT(marked_late * 100, all * 6) << marked_late << " of " << all;
}

TEST(Http2LateJoin, NorInTheMiddleOfASegment) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const RandomHttp2Talk talk(seed, 40, 300);
    for (std::size_t first = 1; first < talk.segments().size(); ++first) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << " from " << first);
      const Segment& cut = talk.segments()[first];
      Observed run;
      joined_late(run).data(cut.side, std::string_view(cut.bytes).substr((first * 7) % cut.bytes.size()));
      replay(run, talk.segments(), first + 1);
      run.close();
      expect_all_true(run, talk);
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST(Http2LateJoin, FieldsInsertedBeforeAreUnknownAndThoseAfterAreExact) {
  Http2Conversation talk;
  const auto exchange = [&talk](const std::string& path, const Fields& fields) {
    const std::string authority = path == "/1" ? "a" : "b";
    const Fields pseudo = {{":method", "GET"}, {":scheme", "http"}, {":path", path}, {":authority", authority}};
    const std::uint32_t stream = talk.request(with(pseudo, fields));
    talk.pass();
    talk.respond(stream, ok_fields());
    talk.pass();
  };
  exchange("/1", {{"x-old", "value"}});
  const std::size_t first = talk.segments().size();
  pass_some(talk);
  const std::size_t some = 4;
  exchange("/2", {{"x-old", "value"}, {"x-new", "value"}});
  exchange("/3", {{"x-old", "value"}, {"x-new", "value"}});
  exchange("/4", {});
  Observed run;
  replay(joined_late(run), talk.segments(), first);
  ASSERT_EQ(run.exchanges.size(), some + 3) << run.text;
  const SeenExchange* const seen = run.exchanges.data() + some;
  EXPECT_EQ(seen[0].line, "complete GET /2 0 -> 200 0 unknown-headers");
  EXPECT_EQ(seen[0].request_headers, "?=?;x-new=value;");
  EXPECT_EQ(seen[1].line, "complete GET /3 0 -> 200 0 unknown-headers");
  EXPECT_EQ(seen[1].request_headers, "?=?;x-new=value;");
  EXPECT_EQ(seen[2].line, "complete GET /4 0 -> 200 0");
}

TEST(Http2LateJoin, WhatIsLeftOfAStreamIsShown) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.request(post_fields("/1"), "x");
  talk.pass();
  talk.open_response(stream, ok_fields());
  talk.data(kServer, stream, std::string(200, 'a'));
  talk.pass();
  const std::size_t first = talk.segments().size();
  pass_some(talk);
  talk.data(kServer, stream, std::string(300, 'b'));
  talk.pass();
  talk.end(kServer, stream, {{"grpc-status", "0"}});
  talk.pass();
  Observed run;
  replay(joined_late(run), talk.segments(), first);
  ASSERT_FALSE(run.exchanges.empty());
  const SeenExchange& seen = run.exchanges.back();
  EXPECT_EQ(seen.line, "complete - -> 0 - joined-late no-request");
  EXPECT_EQ(seen.stream, stream);
  EXPECT_EQ(seen.response_trailers, "grpc-status=0;");
}

TEST(Http2LateJoin, OfAStreamTrailersAloneMayBeLeft) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.request(post_fields("/1"), "x");
  talk.pass();
  talk.open_response(stream, ok_fields());
  talk.data(kServer, stream, "all of it");
  talk.pass();
  const std::size_t first = talk.segments().size();
  pass_some(talk);
  talk.end(kServer, stream, {{"grpc-status", "0"}, {"grpc-message", "fine"}});
  talk.pass();
  Observed run;
  replay(joined_late(run), talk.segments(), first);
  ASSERT_FALSE(run.exchanges.empty());
  EXPECT_EQ(run.exchanges.back().line, "complete - -> 0 - joined-late no-request");
  EXPECT_EQ(run.exchanges.back().response_trailers, "grpc-status=0;grpc-message=fine;");
  EXPECT_EQ(run.exchanges.back().status, std::nullopt);
}

// Trailers alone, with names that were inserted before: nobody can tell whether they are a head.
TEST(Http2LateJoin, ASectionThatMayBeAHeadOrTrailersIsNeither) {
  Http2Conversation talk;
  const std::uint32_t before = talk.request(post_fields("/0"), "x");
  const std::uint32_t stream = talk.request(post_fields("/1"), "x");
  talk.pass();
  talk.respond(before, ok_fields(), "x", {{"x-status", "7"}});
  talk.open_response(stream, ok_fields());
  talk.pass();
  const std::size_t first = talk.segments().size();
  pass_some(talk);
  talk.end(kServer, stream, {{"x-status", "7"}});
  talk.pass();
  Observed run;
  replay(joined_late(run), talk.segments(), first);
  ASSERT_FALSE(run.exchanges.empty());
  const SeenExchange& seen = run.exchanges.back();
  EXPECT_EQ(seen.line, "complete - -> 0 - joined-late no-request unknown-headers");
  EXPECT_EQ(seen.stream, stream);
  EXPECT_EQ(seen.response_headers + seen.response_trailers, "");
}

TEST(Http2LateJoin, WhichSideAsksIsToldByTheFirstHead) {
  for (const bool request_first : {true, false}) {
    Observed run;
    joined_late(run);
    const std::string asks = headers(5, get_fields("/5"), kWholeAndLast) + headers(7, get_fields("/7"), kWholeAndLast);
    const std::string answers = headers(5, ok_fields(), kWholeAndLast) + headers(7, ok_fields(), kWholeAndLast);
    if (request_first) run.data(tcp::Side::kResponder, asks).data(tcp::Side::kInitiator, answers);
    if (!request_first) run.data(tcp::Side::kInitiator, answers).data(tcp::Side::kResponder, asks);
    ASSERT_EQ(run.exchanges.size(), 2U) << run.text;
    for (const SeenExchange& seen : run.exchanges) {
      EXPECT_EQ(seen.source_port, 80);
      EXPECT_EQ(seen.missing.has(Missing::kNoRequest), !request_first);
    }
  }
}

TEST(Http2LateJoin, InTheMiddleOfALongUpload) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.open_request(post_fields("/upload"));
  talk.pass();
  const std::size_t first = talk.segments().size() + 3;
  talk.data(kClient, stream, std::string(3'000'000, '\0'));
  talk.pass();
  talk.end(kClient, stream);
  talk.pass();
  talk.respond(stream, with(ok_fields(), {{"x", "y"}}));
  talk.pass();
  pass_some(talk);
  Observed run;
  replay(joined_late(run), talk.segments(), first);
  EXPECT_FALSE(run.ignored);
  ASSERT_EQ(run.exchanges.size(), 5U) << run.text;
  EXPECT_EQ(run.exchanges[1].line, "complete GET /some 0 -> 200 4 joined-late");
  EXPECT_EQ(run.exchanges[4].line, "complete GET /some 0 -> 200 4");
}

TEST(Http2LateJoin, BothWaysBusyWithLongFrames) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.open_request(post_fields("/both"));
  talk.pass();
  talk.open_response(stream, ok_fields());
  talk.pass();
  const std::size_t first = talk.segments().size() + 5;
  std::mt19937 random(1);
  for (int i = 0; i < 20; ++i) {
    std::string noise(20'000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    talk.data(kClient, stream, noise);
    talk.data(kServer, stream, noise);
    talk.pass();
  }
  pass_some(talk);
  Observed run;
  replay(joined_late(run), talk.segments(), first);
  EXPECT_FALSE(run.ignored);
  ASSERT_EQ(run.exchanges.size(), 4U) << run.text;
  EXPECT_EQ(run.exchanges[0].line, "complete GET /some 0 -> 200 4");
}

}  // namespace
}  // namespace podwire::exchange
