// Content that HTTP/2 carries: kept, skipped, absent.
#include <gtest/gtest.h>

#include "http2_conversation.h"

namespace podwire::exchange {
namespace {

using namespace test;

constexpr tcp::Side kServer = Http2Conversation::kServer;

TEST(Http2Content, HeadAndNotModifiedHaveALengthWithoutContent) {
  Http2Conversation talk;
  const std::uint32_t head =
      talk.request({{":method", "HEAD"}, {":scheme", "http"}, {":path", "/1"}, {":authority", "a"}});
  const std::uint32_t cached = talk.request(get_fields("/2"));
  talk.pass();
  talk.respond(head, with(ok_fields(), {{"content-length", "500"}}));
  talk.respond(cached, {{":status", "304"}, {"content-length", "500"}});
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.text, "complete HEAD /1 0 -> 200 0\ncomplete GET /2 0 -> 304 0\n");
}

TEST(Http2Content, BodiesAreKeptWhenWantedUpToTheirCap) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.request(post_fields("/1"), "hi");
  talk.pass();
  talk.respond(stream, ok_fields(), "abcdef");
  talk.pass();
  Observed run;
  run.body_wanted = 4;
  replay(run, talk.segments());
  EXPECT_EQ(run.exchanges.at(0).request_body, "hi");
  EXPECT_EQ(run.exchanges.at(0).response_body, "abcd");
  EXPECT_TRUE(run.exchanges.at(0).response_truncated);
}

TEST(Http2Content, LargeFramesAreSkippedOnceEnoughIsKept) {
  Observed run;
  run.body_wanted = 4;
  run.client(kPreface + settings_for_any_frame() + headers(1, get_fields("/1"), kWholeAndLast));
  run.server(settings() + headers(1, ok_fields()) +
             data_frame(1, std::string(200'000, 'x'), kEndStreamFlag).substr(0, 9));
  EXPECT_TRUE(run.skips.empty()) << "whose data follows is wanted";
  run.server("xx");
  EXPECT_TRUE(run.skips.empty());
  run.server("xxx");
  ASSERT_EQ(run.skips, std::vector<std::uint64_t>{199'995});
  run.skipped(kServer, 199'994).server("x");
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 200000\n");
  EXPECT_EQ(run.exchanges[0].response_body, "xxxx");
}

}  // namespace
}  // namespace podwire::exchange
