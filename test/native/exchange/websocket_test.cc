// WebSockets over HTTP/1.1: RFC 6455.
#include <gtest/gtest.h>

#include "observed.h"

namespace podwire::exchange {
namespace {

using namespace test;
using namespace std::string_literals;

// Begins with the handshake of section 1.2.
Observed& begin(Observed& run, const std::string& extensions = "") {
  run.client(
      "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
      "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  run.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + extensions +
             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  return run;
}
// With a masking key of zeros.
std::string masked(std::string_view head, std::string_view payload) {
  std::string bytes(head);
  bytes[1] = static_cast<char>(bytes[1] | '\x80');
  return bytes + "\0\0\0\0"s + std::string(payload);
}

TEST(WebSocket, MessagesAreCountedAsTheyPass) {
  Observed run;
  begin(run)
      .client(masked("\x81\x02", "hi"))
      .server(
          "\x01\x03"
          "abc"
          "\x89\x00"s
          "\x80\x02"
          "de");
  EXPECT_EQ(run.text, "");
  run.client(masked("\x8a\x00"s, ""))
      .server(
          "\x82\x05"
          "ab");
  run.engine.advance(run.now + kAnnounceAfterNs);
  EXPECT_EQ(run.take(), "open GET /chat 0 -> 101 0\n");
  EXPECT_EQ(run.exchanges[0].request_messages, "text 1/2 pong 1/0 ");
  EXPECT_EQ(run.exchanges[0].response_messages, "text 1/5 ping 1/0 ") << "the binary one has not ended";
  run.server("cde");
  run.close();
  EXPECT_EQ(run.text, "closed GET /chat 0 -> 101 0\n");
  EXPECT_EQ(run.exchanges[1].response_messages, "text 1/5 binary 1/5 ping 1/0 ");
  EXPECT_TRUE(run.exchanges[1].announced);
}

TEST(WebSocket, BothCloseFramesCompleteIt) {
  Observed run;
  begin(run).client(masked("\x88\x02", "\x03\xe9"));  // 1001
  EXPECT_EQ(run.text, "");
  run.server("\x88\x02\x03\xe8");  // 1000
  EXPECT_EQ(run.text, "complete GET /chat 0 -> 101 0\n");
  EXPECT_EQ(run.exchanges[0].request_messages, "close 1001 ");
  EXPECT_EQ(run.exchanges[0].response_messages, "close 1000 ");
  EXPECT_EQ(run.exchanges[0].duration_ns, 30U);
  EXPECT_TRUE(run.ignored);
  run.close();
  EXPECT_EQ(run.exchanges.size(), 1U);
}

TEST(WebSocket, FramesMayFollowTheHandshakeInTheSameSegment) {
  Observed run;
  run.client("GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n");
  run.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi");
  run.close();
  EXPECT_EQ(run.exchanges.at(0).response_messages, "text 1/2 ");
  EXPECT_EQ(run.exchanges[0].response_wire, 34 + 20 + 2 + 4U);
}

TEST(WebSocket, CompressionIsRecognised) {
  Observed run;
  begin(run, "Sec-WebSocket-Extensions: permessage-deflate\r\n").server("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"s);
  run.server("\x81\x02hi").close();
  EXPECT_EQ(run.exchanges.at(0).response_messages, "text 2/9/1 ");
  Observed without;
  begin(without).server("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"s);
  EXPECT_EQ(without.text, "detached GET /chat 0 -> 101 0 malformed\nloss malformed 9:80\n") << "nobody agreed on it";
}

TEST(WebSocket, AMalformedFrameClosesThatFlow) {
  const auto after = [](std::string_view from_client, std::string_view from_server) {
    Observed run;
    begin(run);
    if (!from_client.empty()) run.client(from_client);
    if (!from_server.empty()) run.server(from_server);
    return run.ignored ? run.text : "goes on";
  };
  const std::string malformed = "detached GET /chat 0 -> 101 0 malformed\nloss malformed 9:80\n";
  EXPECT_EQ(after("", "\x83\x01x"), malformed) << "section 5.2: a reserved opcode";
  EXPECT_EQ(after("\x81\x02hi", ""), malformed) << "section 5.1: a client masks";
  EXPECT_EQ(after("", masked("\x81\x02", "hi")), malformed) << "section 5.1: a server does not";
  EXPECT_EQ(after(masked("\x81\x02", "hi"), "\x81\x02hi"), "goes on");
}

TEST(WebSocket, OfALargeMessageTheRestIsSkipped) {
  Observed run;
  begin(run).server(
      "\x82\x7f\0\0\0\0\0\1\x86\xa0"s
      "xx");  // 100,000 bytes
  ASSERT_EQ(run.skips, std::vector<std::uint64_t>{99'998});
  run.skipped(tcp::Side::kResponder, 99'998).server("\x81\x02hi").close();
  EXPECT_EQ(run.exchanges.at(0).response_messages, "text 1/2 binary 1/100000 ");
}

TEST(WebSocket, LostBytes) {
  Observed inside;
  begin(inside)
      .server(
          "\x82\x0a"
          "ab")
      .server_gap(8)
      .server("\x81\x02hi")
      .close();
  EXPECT_EQ(inside.text, "closed GET /chat 0 -> 101 0 lost-packets\n");
  EXPECT_EQ(inside.exchanges[0].response_messages, "text 1/2 binary 1/10 ");
  Observed beyond;
  begin(beyond)
      .server(
          "\x82\x02"
          "ab")
      .server_gap(8)
      .server("\x81\x02hi")
      .close();
  EXPECT_EQ(beyond.exchanges.at(0).response_messages, "at least binary 1/2 ");
  EXPECT_EQ(beyond.exchanges[0].response_wire, 129 + 4 + 8 + 4U);
}

TEST(WebSocket, AResetIsTold) {
  Observed run;
  begin(run).end(tcp::Side::kInitiator, tcp::StreamEnd::kReset);
  EXPECT_EQ(run.text, "reset GET /chat 0 -> 101 0\n");
  EXPECT_EQ(run.engine.open_exchanges(), 0U);
}

TEST(WebSocket, TheRequestMayHavePassedUnseen) {
  Observed run;
  run.info.joined_late = true;
  run.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n").server("\x81\x02hi").close();
  EXPECT_EQ(run.text, "closed - -> 101 0 joined-late no-request\n");
  EXPECT_EQ(run.exchanges[0].response_messages, "text 1/2 ");
}

}  // namespace
}  // namespace podwire::exchange
