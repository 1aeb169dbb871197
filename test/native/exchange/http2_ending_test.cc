// How exchanges of HTTP/2 end.
#include <gtest/gtest.h>

#include "http2_conversation.h"

namespace podwire::exchange {
namespace {

using namespace test;

constexpr tcp::Side kClient = Http2Conversation::kClient;
constexpr tcp::Side kServer = Http2Conversation::kServer;

TEST(Http2Ending, StreamsThatAreReset) {
  Http2Conversation talk;
  const std::uint32_t cancelled = talk.request(get_fields("/1"));
  const std::uint32_t refused = talk.open_request(post_fields("/2"));
  talk.pass();
  talk.reset(kClient, cancelled, 8);
  talk.reset(kServer, refused, 7);
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.text, "reset GET /1 0 -> -\nreset POST /2 0 -> -\n");  // no response was sent, so none is missing
  EXPECT_EQ(run.exchanges[0].reset->error_code, 8U);
  EXPECT_TRUE(run.exchanges[0].reset->by_source);
  EXPECT_EQ(run.exchanges[1].reset->error_code, 7U);
  EXPECT_FALSE(run.exchanges[1].reset->by_source);
}

TEST(Http2Ending, AfterAWholeResponseTheServerMayAskForNoMoreOfTheRequest) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.open_request(post_fields("/1"));
  talk.data(kClient, stream, "abc");
  talk.pass();
  talk.respond(stream, {{":status", "413"}}, "enough");
  talk.pass();
  talk.reset(kServer, stream, 0);
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  run.client(data_frame(1, "on its way"));
  EXPECT_EQ(run.text, "complete POST /1 3 -> 413 6\n");
  EXPECT_EQ(run.exchanges[0].reset, std::nullopt);
}

TEST(Http2Ending, GoawayEndsWhatWillNotBeAnswered) {
  Http2Conversation talk;
  const std::uint32_t answered = talk.request(get_fields("/1"));
  talk.pass();
  talk.request(get_fields("/2"));
  talk.pass();
  talk.go_away(answered, 0);
  talk.pass();
  talk.respond(answered, ok_fields(), "late");
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.text, "closed GET /2 0 -> - no-response\ncomplete GET /1 0 -> 200 4\n");
}

TEST(Http2Ending, WhatFinResetAndCloseLeaveBehind) {
  const auto begin = [](Observed& run) {
    run.client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast));
    run.server(settings() + headers(1, ok_fields()) + data_frame(1, "abc"));
  };
  Observed fin;
  begin(fin);
  fin.end(kServer);
  EXPECT_EQ(fin.text, "closed GET /1 0 -> 200 3\n");
  Observed reset;
  begin(reset);
  reset.end(kClient, tcp::StreamEnd::kReset);
  EXPECT_EQ(reset.text, "reset GET /1 0 -> 200 3\n");
  EXPECT_EQ(reset.exchanges[0].reset, std::nullopt);
  Observed detached;
  begin(detached);
  detached.close(tcp::CloseCause::kDetached);
  EXPECT_EQ(detached.text, "detached GET /1 0 -> 200 3\n");
  Observed evicted;
  begin(evicted);
  evicted.close(tcp::CloseCause::kEvicted);
  EXPECT_EQ(evicted.text, "loss flow-evicted 9:80\ndetached GET /1 0 -> 200 3 evicted\n");
}

TEST(Http2Ending, HalfAHeaderSectionIsTold) {
  Observed run;
  run.client(kPreface + settings() + headers(1, get_fields("/slow"), kWholeAndLast).substr(0, 20)).server(settings());
  EXPECT_EQ(run.text, "");
  run.close();
  EXPECT_EQ(run.text, "closed - - 0 -> - no-response unknown-headers\n");
  EXPECT_EQ(run.exchanges[0].stream, 1U);
}

TEST(Http2Ending, WhatIsOpenForASecondIsSentOnce) {
  Observed run;
  run.client(kPreface + settings() + headers(1, get_fields("/events"), kWholeAndLast));
  run.server(settings() + headers(1, ok_fields()) + data_frame(1, "abcd"));
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open GET /events 0 -> 200 4\n");
  run.server(data_frame(1, "e", kEndStreamFlag));
  EXPECT_EQ(run.take(), "complete GET /events 0 -> 200 5\n");
  EXPECT_EQ(run.exchanges[0].id, run.exchanges[1].id);
  EXPECT_TRUE(run.exchanges[1].announced);
}

TEST(Http2Ending, WhatIsNoHttp2EndsTheConnection) {
  Observed preface;
  preface.client("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
  EXPECT_EQ(preface.text, "loss malformed 9:80\n");
  EXPECT_TRUE(preface.ignored);
  Observed compression;
  compression.client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast)).server(settings());
  compression.server(frame(0x1, kWholeAndLast, 1, "\xff\xff\xff\xff\xff\xff\xff"));  // an integer without end
  EXPECT_EQ(compression.text, "detached GET /1 0 -> - malformed no-response\nloss malformed 9:80\n");
  EXPECT_TRUE(compression.ignored);
  EXPECT_EQ(compression.engine.open_exchanges(), 0U);
}

// RFC 9113, section 4.3: nothing behind the header section is read, wherever segments end.
TEST(Http2Ending, AHeaderSectionThatCannotBeDecodedEndsTheConnectionThere) {
  const std::string index_zero = frame(0x1, kWhole, 1, "\x80");  // RFC 7541, section 6.1
  const std::string bytes = settings() + index_zero + headers(1, ok_fields(), kWholeAndLast) + rst_stream(3, 8) +
                            frame(0x4, 0, 1, "");  // SETTINGS on a stream: a connection error of its own
  for (std::size_t split = 0; split < bytes.size(); ++split) {
    Observed run;
    run.client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast) +
               headers(3, get_fields("/3"), kWholeAndLast));
    run.server(bytes.substr(0, split)).server(bytes.substr(split));
    EXPECT_EQ(run.text,
              "detached GET /1 0 -> - malformed no-response\ndetached GET /3 0 -> - malformed no-response\n"
              "loss malformed 9:80\n")
        << split;
  }
}

}  // namespace
}  // namespace podwire::exchange
