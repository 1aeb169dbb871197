// Tunnels over a stream: CONNECT (RFC 9113, section 8.5) and extended CONNECT (RFC 8441).
#include <gtest/gtest.h>

#include "http2_frames.h"
#include "observed.h"

namespace podwire::exchange {
namespace {

using namespace test;

Observed& begin(Observed& run) {
  run.client(kPreface + settings()).server(settings());
  return run;
}

const Fields kChat = {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"},
                      {":path", "/chat"},     {":authority", "a"},        {"sec-websocket-version", "13"}};

TEST(Http2Connect, ATunnelIsOpenWhileItLives) {
  Observed run;
  begin(run).client(headers(1, {{":method", "CONNECT"}, {":authority", "b:443"}})).server(headers(1, ok_fields()));
  run.client(data_frame(1, "\x16\x03")).server(data_frame(1, "\x16\x03\x03"));
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open CONNECT b:443 2 -> 200 3\n");
  run.client(data_frame(1, "", kEndStreamFlag)).server(data_frame(1, "", kEndStreamFlag));
  EXPECT_EQ(run.take(), "complete CONNECT b:443 2 -> 200 3\n");
  EXPECT_EQ(run.exchanges[0].path, std::nullopt);
  EXPECT_EQ(run.exchanges[0].scheme, "-");
}

TEST(Http2Connect, ATunnelThatIsRefused) {
  Observed run;
  begin(run).client(headers(1, {{":method", "CONNECT"}, {":authority", "b:443"}}));
  run.server(headers(1, {{":status", "403"}}, kWholeAndLast)).client(data_frame(1, "", kEndStreamFlag));
  EXPECT_EQ(run.text, "complete CONNECT b:443 0 -> 403 0\n");
}

TEST(Http2Connect, AWebSocketOverAStream) {
  Observed run;
  begin(run).client(headers(1, kChat)).server(headers(1, ok_fields()));
  run.client(data_frame(1, std::string("\x81\x82\0\0\0\0hi", 8)));
  run.server(data_frame(1,
                        "\x82\x03"
                        "abc") +
             data_frame(1, "\x82\x01"));
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open CONNECT /chat 8 -> 200 7\n");
  EXPECT_EQ(run.exchanges[0].connect_protocol, "websocket");
  EXPECT_EQ(run.exchanges[0].request_messages, "text 1/2 ");
  EXPECT_EQ(run.exchanges[0].response_messages, "binary 1/3 ");
  run.server(data_frame(1, "d")).server(data_frame(1, std::string("\x88\x02\x03\xe8", 4), kEndStreamFlag));
  run.client(data_frame(1, std::string("\x88\x82\0\0\0\0\x03\xe9", 8), kEndStreamFlag));
  EXPECT_EQ(run.take(), "complete CONNECT /chat 16 -> 200 12\n");
  EXPECT_EQ(run.exchanges[1].request_messages, "text 1/2 close 1001 ");
  EXPECT_EQ(run.exchanges[1].response_messages, "binary 2/4 close 1000 ");
}

TEST(Http2Connect, WhatIsNoWebSocketMarksItsStreamAlone) {
  Observed run;
  begin(run).client(headers(1, kChat) + headers(3, get_fields("/3"), kWholeAndLast)).server(headers(1, ok_fields()));
  run.server(data_frame(1, "\x83\x01x"));  // a reserved opcode: RFC 6455, section 5.2
  EXPECT_EQ(run.take(), "loss malformed-stream 9:80\n");
  run.server(headers(3, ok_fields(), kWholeAndLast) + rst_stream(1, 1));
  EXPECT_EQ(run.text, "complete GET /3 0 -> 200 0\nreset CONNECT /chat 0 -> 200 3 malformed\n");
}

TEST(Http2Connect, AnotherProtocolHasNoMessages) {
  Observed run;
  Fields fields = kChat;
  fields[1].second = "connect-udp";
  begin(run).client(headers(1, fields)).server(headers(1, ok_fields()) + data_frame(1, "\x83\x01x"));
  run.close();
  EXPECT_EQ(run.text, "closed CONNECT /chat 0 -> 200 3\n");
  EXPECT_EQ(run.exchanges[0].connect_protocol, "connect-udp");
  EXPECT_EQ(run.exchanges[0].response_messages, "none");
}

}  // namespace
}  // namespace podwire::exchange
