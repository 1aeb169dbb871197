// Many streams, and the bounds of what is kept of them.
#include <gtest/gtest.h>

#include "http2_conversation.h"

namespace podwire::exchange {
namespace {

using namespace test;

TEST(Http2Bounds, StreamIdentifiersReachTheirEnd) {
  Http2Conversation talk;
  talk.set_next_stream(0x7fff'fffd);
  const std::uint32_t last_but_one = talk.request(get_fields("/1"));
  const std::uint32_t last = talk.request(get_fields("/2"));
  talk.pass();
  talk.respond(last, ok_fields());
  talk.respond(last_but_one, ok_fields());
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  ASSERT_EQ(run.exchanges.size(), 2U) << run.text;
  EXPECT_EQ(last, 0x7fff'ffffU);
  EXPECT_EQ(run.exchanges[0].stream.value() + run.exchanges[1].stream.value(), 0x7fff'fffdU + 0x7fff'ffffU);
}

TEST(Http2Bounds, ThousandsOfStreamsAtOnce) {
  Http2Conversation talk(60'000);
  constexpr int kStreams = 5'000;
  for (int i = 0; i < kStreams; ++i) talk.request(get_fields("/" + std::to_string(i)));
  talk.pass();
  for (int i = kStreams; i > 0; --i) talk.respond(static_cast<std::uint32_t>(2 * i - 1), ok_fields(), "x");
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  ASSERT_EQ(run.exchanges.size(), static_cast<std::size_t>(kStreams));
  for (const SeenExchange& seen : run.exchanges) {
    ASSERT_EQ(seen.line, "complete GET /" + std::to_string((*seen.stream - 1) / 2) + " 0 -> 200 1");
  }
}

TEST(Http2Bounds, StreamsAreBounded) {
  ExchangeLimits limits;
  limits.max_streams = 2;
  Observed run(limits);
  run.client(kPreface + settings()).server(settings());
  for (std::uint32_t id = 1; id <= 7; id += 2)
    run.client(headers(id, get_fields("/" + std::to_string(id)), kWholeAndLast));
  EXPECT_EQ(run.take(),
            "detached GET /1 0 -> - no-response too-many-streams\n"
            "detached GET /3 0 -> - no-response too-many-streams\n");
  run.server(headers(1, ok_fields(), kWholeAndLast) + headers(5, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /5 0 -> 200 0\n") << "what was given up stays so";
}

TEST(Http2Bounds, WhatIsOpenInAllIsBounded) {
  ExchangeLimits limits;
  limits.max_open = 1;
  Observed run(limits);
  run.client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast)).server(settings());
  run.client(headers(3, get_fields("/3"), kWholeAndLast)).server(headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "detached GET /1 0 -> - no-response memory-full\ncomplete GET /3 0 -> 200 0\n");
}

TEST(Http2Bounds, StoredBytesAreBoundedAndTheRestIsStillTold) {
  ExchangeLimits limits;
  limits.max_stored_bytes = 10;
  Observed run(limits);
  run.client(kPreface + settings() + headers(1, with(get_fields("/1"), {{"a", "b"}}), kWholeAndLast));
  run.server(settings() + headers(1, with(ok_fields(), {{"c", "d"}}), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0 unknown-headers memory-full\n");
  EXPECT_EQ(run.exchanges[0].authority, "a");
  EXPECT_EQ(run.exchanges[0].request_headers + run.exchanges[0].response_headers, "");
}

}  // namespace
}  // namespace podwire::exchange
