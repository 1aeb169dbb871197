// HTTP/2 that an HTTP/1.1 connection became: RFC 7540, section 3.2.
#include <gtest/gtest.h>

#include "http2_frames.h"
#include "observed.h"

namespace podwire::exchange {
namespace {

using namespace test;

const std::string kUpgradeFields =
    "Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
const std::string kSwitch = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

TEST(Http2Upgrade, TheRequestIsStreamOne) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\n" + kUpgradeFields + "\r\n").server(kSwitch);
  EXPECT_EQ(run.text, "");
  run.server(settings() + headers(1, with(ok_fields(), {{"a", "b"}})) + data_frame(1, "one", kEndStreamFlag));
  EXPECT_EQ(run.take(), "complete GET /1 0 -> 200 3\n");
  const SeenExchange& seen = run.exchanges[0];
  EXPECT_EQ(seen.protocol, Protocol::kHttp2) << "as what it ends";
  EXPECT_EQ(seen.stream, 1U);
  EXPECT_EQ(seen.informational, "101(Connection=Upgrade;Upgrade=h2c;)");
  EXPECT_EQ(seen.response_headers, "a=b;");
  EXPECT_EQ(seen.first_ns, 20U);
  run.client(kPreface + settings() + headers(3, get_fields("/3"), kWholeAndLast));
  run.server(headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.take(), "complete GET /3 0 -> 200 0\n");
  EXPECT_FALSE(run.ignored);
}

TEST(Http2Upgrade, FramesMayFollowInTheSameSegment) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\n" + kUpgradeFields + "\r\n");
  run.server(kSwitch + settings() + headers(1, ok_fields(), kWholeAndLast)).client(kPreface + settings());
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0\n");
  for (std::size_t at = 1; at < kSwitch.size() + 20; ++at) {
    Observed split;
    const std::string answer = kSwitch + settings() + headers(1, ok_fields(), kWholeAndLast);
    split.client("GET /1 HTTP/1.1\r\n" + kUpgradeFields + "\r\n")
        .server(answer.substr(0, at))
        .server(answer.substr(at));
    ASSERT_EQ(split.text, "complete GET /1 0 -> 200 0\n") << at;
  }
}

TEST(Http2Upgrade, WithContent) {
  Observed run;
  run.client("POST /1 HTTP/1.1\r\n" + kUpgradeFields + "Content-Length: 4\r\n\r\nabcd").server(kSwitch);
  run.client(kPreface + settings()).server(settings() + headers(1, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete POST /1 4 -> 200 0\n");
}

TEST(Http2Upgrade, TheContentMayStillBeOnItsWay) {
  Observed run;
  run.body_wanted = 100;
  run.client("POST /1 HTTP/1.1\r\n" + kUpgradeFields + "Content-Length: 6\r\n\r\nab");
  run.server(kSwitch + settings() + headers(1, ok_fields(), kWholeAndLast)).client("cd");
  EXPECT_EQ(run.text, "") << "the request has not ended";
  run.client("ef" + kPreface + settings() + headers(3, get_fields("/3"), kWholeAndLast));
  run.server(headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete POST /1 6 -> 200 0\ncomplete GET /3 0 -> 200 0\n");
  EXPECT_EQ(run.exchanges[0].request_body, "abcdef");
}

TEST(Http2Upgrade, OfTheContentOnItsWayBytesMayBeLost) {
  Observed run;
  run.client("POST /1 HTTP/1.1\r\n" + kUpgradeFields + "Content-Length: 6\r\n\r\nab").server(kSwitch + settings());
  run.client_gap(3).client("f" + kPreface + settings()).server(headers(1, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete POST /1 6 -> 200 0 lost-packets\n");
}

TEST(Http2Upgrade, ChunkedContentOnItsWayCannotBeFollowed) {
  Observed run;
  run.client("POST /1 HTTP/1.1\r\n" + kUpgradeFields + "Transfer-Encoding: chunked\r\n\r\n2\r\nab").server(kSwitch);
  EXPECT_EQ(run.text, "upgraded POST /1 2 -> 101 0\n");
  EXPECT_TRUE(run.ignored);
}

TEST(Http2Upgrade, ThatIsDeclined) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\n" + kUpgradeFields + "\r\n").server(ok("x")).client(get("/2")).server(ok("y"));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 1\ncomplete GET /2 0 -> 200 1\n");
}

TEST(Http2Upgrade, TheConnectionEndsBeforeTheAnswer) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\n" + kUpgradeFields + "\r\n").server(kSwitch).close();
  EXPECT_EQ(run.text, "closed GET /1 0 -> - no-response\n");
  EXPECT_EQ(run.engine.open_exchanges(), 0U);
}

TEST(Http2Upgrade, WhatFollowsIsNoHttp2) {
  Observed run;
  run.client("GET /1 HTTP/1.1\r\n" + kUpgradeFields + "\r\n").server(kSwitch + "something else");
  EXPECT_EQ(run.text, "detached GET /1 0 -> - malformed no-response\nloss malformed 9:80\n");
  EXPECT_TRUE(run.ignored);
}

}  // namespace
}  // namespace podwire::exchange
