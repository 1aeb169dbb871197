// gRPC and gRPC-Web: messages counted as they pass, status in trailers wherever they stand.
#include <gtest/gtest.h>

#include "http2_conversation.h"

namespace podwire::exchange {
namespace {

using namespace test;
using namespace std::string_literals;

constexpr tcp::Side kClient = Http2Conversation::kClient;
constexpr tcp::Side kServer = Http2Conversation::kServer;

// "Length-Prefixed-Message" of gRPC over HTTP/2.
std::string message(std::string_view payload, bool compressed = false) {
  return big_endian(compressed ? 1 : 0, 1) + big_endian(payload.size(), 4) + std::string(payload);
}
// gRPC-Web: trailers as a frame of the body.
std::string trailer_frame(std::string_view lines) {
  return big_endian(0x80, 1) + big_endian(lines.size(), 4) + std::string(lines);
}

const Fields kCall =
    with(post_fields("/shop.Cart/Add"), {{"content-type", "application/grpc+proto"}, {"te", "trailers"}});
const Fields kAnswer = with(ok_fields(), {{"content-type", "application/grpc+proto"}});

TEST(Grpc, Unary) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.request(kCall, message("request"));
  talk.pass();
  talk.respond(stream, kAnswer, message("response", true), {{"grpc-status", "0"}});
  talk.pass();
  Observed run;
  run.body_wanted = 100;
  replay(run, talk.segments());
  ASSERT_EQ(run.text, "complete POST /shop.Cart/Add 12 -> 200 13\n");
  EXPECT_EQ(run.exchanges[0].request_messages, "grpc 1/7 ");
  EXPECT_EQ(run.exchanges[0].response_messages, "grpc 1/8/1 ");
  EXPECT_EQ(run.exchanges[0].response_trailers, "grpc-status=0;");
  EXPECT_EQ(run.exchanges[0].request_body, message("request")) << "counting does not stand in the way of keeping";
}

TEST(Grpc, StreamsBothWaysCountedAsTheyPass) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.open_request(kCall);
  talk.pass();
  talk.open_response(stream, kAnswer);
  for (int i = 0; i < 3; ++i) {
    talk.data(kClient, stream, message("ping"));
    talk.data(kServer, stream, message("answer") + message("more"));
    talk.pass();
  }
  const std::size_t before_end = talk.segments().size();
  talk.end(kClient, stream);
  talk.end(kServer, stream, {{"grpc-status", "0"}});
  talk.pass();
  Observed run;
  for (std::size_t i = 0; i < before_end; ++i) run.data(talk.segments()[i].side, talk.segments()[i].bytes);
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open POST /shop.Cart/Add 27 -> 200 60\n");
  EXPECT_EQ(run.exchanges[0].request_messages, "grpc 3/12 ");
  EXPECT_EQ(run.exchanges[0].response_messages, "grpc 6/30 ");
  replay(run, talk.segments(), before_end);
  EXPECT_EQ(run.take(), "complete POST /shop.Cart/Add 27 -> 200 60\n");
  EXPECT_EQ(run.exchanges[1].response_trailers, "grpc-status=0;");
}

TEST(Grpc, TrailersOnly) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.request(kCall, message("request"));
  talk.pass();
  talk.respond(stream, with(kAnswer, {{"grpc-status", "12"}, {"grpc-message", "no%20such"}}));
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.text, "complete POST /shop.Cart/Add 12 -> 200 0\n");
  EXPECT_EQ(run.exchanges[0].response_headers,
            "content-type=application/grpc+proto;grpc-status=12;grpc-message=no%20such;");
  EXPECT_EQ(run.exchanges[0].response_messages, "");
}

TEST(Grpc, OfALargeMessageTheRestIsSkipped) {
  Observed run;
  const std::string body = message(std::string(200'000, 'x')) + message("y");
  run.client(kPreface + settings() + headers(1, kCall, kWhole)).server(settings_for_any_frame());
  const std::string sent = data_frame(1, body, kEndStreamFlag);
  run.client(std::string_view(sent).substr(0, 20));
  ASSERT_EQ(run.skips, std::vector<std::uint64_t>{5 + 200'000 - 11});
  run.skipped(kClient, run.skips[0]).client(std::string_view(sent).substr(20 + run.skips[0]));
  run.server(headers(1, kAnswer, kWhole) + headers(1, {{"grpc-status", "0"}}, kWholeAndLast));
  EXPECT_EQ(run.text, "complete POST /shop.Cart/Add 200011 -> 200 0\n");
  EXPECT_EQ(run.exchanges[0].request_messages, "grpc 2/200001 ");
}

TEST(Grpc, LostBytesWithinAMessageLeaveTheCount) {
  Observed run;
  const std::string sent = data_frame(1, message(std::string(100, 'x')) + message("y"), kEndStreamFlag);
  run.client(kPreface + settings() + headers(1, kCall, kWhole)).client(std::string_view(sent).substr(0, 20));
  run.client_gap(50).client(std::string_view(sent).substr(70));
  run.server(settings() + headers(1, kAnswer, kWhole) + headers(1, {{"grpc-status", "0"}}, kWholeAndLast));
  EXPECT_EQ(run.text, "complete POST /shop.Cart/Add 111 -> 200 0 lost-packets\n");
  EXPECT_EQ(run.exchanges[0].request_messages, "grpc 2/101 ");
}

TEST(Grpc, LostBytesBeyondAMessageMakeTheCountALowerBound) {
  Observed run;
  const std::string sent = data_frame(1, message("one") + message("two") + message("three"), kEndStreamFlag);
  run.client(kPreface + settings() + headers(1, kCall, kWhole)).client(std::string_view(sent).substr(0, 18));
  run.client_gap(5).client(std::string_view(sent).substr(23));
  run.server(settings() + headers(1, kAnswer, kWhole) + headers(1, {{"grpc-status", "0"}}, kWholeAndLast));
  EXPECT_EQ(run.exchanges.at(0).request_bytes, 8 + 8 + 10U);
  EXPECT_EQ(run.exchanges[0].request_messages, "at least grpc 1/3 ");
}

TEST(GrpcWeb, OverHttp2ItsTrailersAreTheResponses) {
  Http2Conversation talk;
  const Fields type = {{"content-type", "application/grpc-web+proto"}};
  const std::uint32_t stream = talk.request(with(post_fields("/shop.Cart/Add"), type), message("request"));
  talk.pass();
  talk.respond(stream, with(ok_fields(), type),
               message("response") + trailer_frame("grpc-status: 5\r\ngrpc-message:gone\r\n"));
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.exchanges.at(0).response_messages, "grpc 1/8 ");
  EXPECT_EQ(run.exchanges[0].response_trailers, "grpc-status=5;grpc-message=gone;");
  EXPECT_TRUE(run.exchanges[0].missing.empty());
}

TEST(GrpcWeb, OverHttp1) {
  Observed run;
  const std::string body = message("request");
  run.client("POST /shop.Cart/Add HTTP/1.1\r\nContent-Type: application/grpc-web\r\nContent-Length: " +
             std::to_string(body.size()) + "\r\n\r\n" + body);
  const std::string answer = message("one") + message("two") + trailer_frame("grpc-status:0\r\n");
  run.server("HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\nTransfer-Encoding: chunked\r\n\r\n");
  run.server("1d\r\n" + answer.substr(0, 29) + "\r\n").server("7\r\n" + answer.substr(29) + "\r\n0\r\n\r\n");
  ASSERT_EQ(answer.size(), 36U);
  EXPECT_EQ(run.text, "complete POST /shop.Cart/Add 12 -> 200 36\n");
  EXPECT_EQ(run.exchanges[0].request_messages, "grpc 1/7 ");
  EXPECT_EQ(run.exchanges[0].response_messages, "grpc 2/6 ");
  EXPECT_EQ(run.exchanges[0].response_trailers, "grpc-status=0;");
}

TEST(GrpcWeb, AsTextInBase64) {
  Observed run;
  run.client("POST /a HTTP/1.1\r\nContent-Type: application/grpc-web-text\r\nContent-Length: 8\r\n\r\nAAAAAAE=");
  run.client(get("/b"));
  // message("a") and trailer_frame("grpc-status:0\r\n"), each in a base64 of its own.
  run.server(
      "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web-text\r\nContent-Length: 36\r\n\r\n"
      "AAAAAAFhgAAAAA9ncnBjLXN0YXR1czowDQo=");
  EXPECT_EQ(run.exchanges.at(0).response_messages, "grpc 1/1 ");
  EXPECT_EQ(run.exchanges[0].response_trailers, "grpc-status=0;");
}

TEST(GrpcWeb, TrailersThatCannotBeReadAreToldAsUnknown) {
  Observed run;
  run.client("POST /a HTTP/1.1\r\nContent-Type: application/grpc-web\r\nContent-Length: 0\r\n\r\n");
  run.server("HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\nContent-Length: 8\r\n\r\n"s + '\x81' +
             big_endian(3, 4) + "zip");
  EXPECT_EQ(run.text, "complete POST /a 0 -> 200 8 unknown-headers\n") << "compressed";
}

TEST(Grpc, WhatIsNoMessageIsMalformed) {
  for (const std::string body : {message("whole") + "\0\0\0"s, "\0\0\0\0\5he"s, "\2\0\0\0\0"s}) {
    Http2Conversation talk;
    const std::uint32_t stream = talk.request(kCall, body);
    talk.pass();
    talk.respond(stream, kAnswer, message("response"), {{"grpc-status", "13"}});
    talk.pass();
    Observed run;
    replay(run, talk.segments());
    ASSERT_EQ(run.exchanges.size(), 1U);
    EXPECT_TRUE(run.exchanges[0].missing.has(Missing::kMalformed)) << run.text;
    EXPECT_TRUE(run.exchanges[0].request_messages.starts_with("at least ")) << run.exchanges[0].request_messages;
    EXPECT_EQ(run.exchanges[0].response_messages, "grpc 1/8 ");
  }
}

}  // namespace
}  // namespace podwire::exchange
