// Connections that are met with in the middle: which protocol they are of is told by what comes, not by what a body
// says.
#include <gtest/gtest.h>

#include "http2_conversation.h"

namespace podwire::exchange {
namespace {

using namespace test;

constexpr tcp::Side kClient = Http2Conversation::kClient;
constexpr tcp::Side kServer = Http2Conversation::kServer;

Observed& joined_late(Observed& run) {
  run.info.joined_late = true;
  return run;
}

void pass_some(Http2Conversation& talk) {
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t stream = talk.request(get_fields("/some"));
    talk.pass();
    talk.respond(stream, ok_fields(), "some");
    talk.pass();
  }
}

TEST(ProtocolSearch, AHeadInABodyThatHttp2CarriesIsNotBelievedForLong) {
  Http2Conversation talk(70'000);
  const std::uint32_t stream = talk.open_request(post_fields("/upload"));
  talk.pass();
  const std::size_t first = talk.segments().size();
  talk.data(kClient, stream, test::get("/quoted"));
  talk.pass();
  talk.end(kClient, stream);
  talk.respond(stream, ok_fields());
  talk.pass();
  pass_some(talk);
  // The join is right behind the frame header, so that a segment begins with the quoted head.
  Observed run;
  joined_late(run).client(talk.segments()[first].bytes.substr(9));
  replay(run, talk.segments(), first + 1);
  run.close();
  int http2 = 0;
  for (const SeenExchange& seen : run.exchanges) {
    EXPECT_TRUE(seen.path != "/quoted" || seen.missing.has(Missing::kJoinedLate)) << seen.line;
    http2 += seen.path == "/some" ? 1 : 0;
  }
  EXPECT_GE(http2, 3) << run.text;
}

TEST(ProtocolSearch, FramesInABodyThatHttp1CarriesDoNotKeepItFromBeingRead) {
  Http2Conversation quoted;
  pass_some(quoted);
  Observed run;
  joined_late(run).client("the end of something\r\n");
  run.server(quoted.bytes(Http2Conversation::kServer) + "\r\n");
  run.client(get("/1")).server(ok("x")).client(get("/2")).server(ok("yy"));
  ASSERT_FALSE(run.exchanges.empty());
  EXPECT_EQ(run.exchanges.back().line, "complete GET /2 0 -> 200 2") << run.text;
}

TEST(ProtocolSearch, AGapInTheFirstBytesOfOneSideKeepsThoseOfTheOther) {
  Observed run;
  run.client("H").server_gap(0, tcp::GapCause::kJoinedLate).client("EAD /1 HTTP/1.1\r\n\r\n").server(ok(""));
  run.client(get("/2")).server(ok("x"));
  EXPECT_EQ(run.text, "complete HEAD /1 0 -> 200 0 joined-late\ncomplete GET /2 0 -> 200 1\n");
}

TEST(ProtocolSearch, WhenNeitherCanGoOnTheConnectionIsNone) {
  ExchangeLimits limits;
  limits.max_incomplete_bytes = 100;
  Observed run(limits);
  joined_late(run).client(std::string(10'000, 'x'));
  EXPECT_EQ(run.text, "loss unrecognised 9:80\n");
  EXPECT_TRUE(run.ignored);
  EXPECT_EQ(run.engine.incomplete_bytes(), 0U);
}

// What was not seen is said, unless nothing passed.
TEST(ProtocolSearch, WhatIsNotRecognisedIsToldAtTheEnd) {
  Observed run;
  joined_late(run).server("amid a long download");
  EXPECT_EQ(run.text, "");
  run.close();
  EXPECT_EQ(run.text, "loss unrecognised 9:80\n");
  Observed idle;
  joined_late(idle).client_gap(0, tcp::GapCause::kJoinedLate).close();
  EXPECT_EQ(idle.text, "");
  Observed found;
  joined_late(found).server("amid a long download").client(get("/1")).server(ok("")).close();
  EXPECT_EQ(found.text, "complete GET /1 0 -> 200 0 joined-late\n");
  Observed evicted;
  joined_late(evicted).server("amid").close(tcp::CloseCause::kEvicted);
  EXPECT_EQ(evicted.text, "loss flow-evicted 9:80\n");
}

// Streams that began before it was joined: nothing tells who asks, until trailers of gRPC do.
TEST(ProtocolSearch, AStreamOfGrpcThatIsAloneIsTold) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.open_request(post_fields("/watch"));
  talk.pass();
  talk.open_response(stream, ok_fields());
  talk.pass();
  const std::size_t first = talk.segments().size();
  for (int i = 0; i < 30; ++i) {
    talk.data(kClient, stream, std::string("\0\0\0\0\2hi", 7));
    talk.pass();
    talk.data(kServer, stream, std::string("\0\0\0\0\2ho", 7));
    talk.pass();
  }
  talk.end(kClient, stream);
  talk.pass();
  talk.end(kServer, stream, {{"grpc-status", "5"}});
  talk.pass();
  Observed run;
  replay(joined_late(run), talk.segments(), first);
  run.close();
  ASSERT_EQ(run.exchanges.size(), 1U) << run.text;
  EXPECT_EQ(run.exchanges[0].response_trailers, "grpc-status=5;");
  EXPECT_TRUE(run.exchanges[0].missing.has(Missing::kJoinedLate));
  EXPECT_EQ(run.text.find("unrecognised"), std::string::npos) << run.text;
}

TEST(ProtocolSearch, AnHttp2ConnectionWithoutHeadersIsNotGivenUp) {
  Observed run;
  joined_late(run);
  std::string pings;
  for (int i = 0; i < 40; ++i) pings += frame(0x6, 0, 0, "8 octets");
  for (int i = 0; i < 200; ++i) run.client(pings).server(pings);  // 136 KB each way
  EXPECT_FALSE(run.ignored);
  run.client(headers(101, get_fields("/1"), kWholeAndLast)).server(headers(101, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0\n");
}

}  // namespace
}  // namespace podwire::exchange
