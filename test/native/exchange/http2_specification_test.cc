// RFC 9113: what makes a message malformed (section 8), and which frames a stream's state permits (section 5.1), as far
// as a passive observer can see it. A malformed message is shown, marked, and counted once; other streams go on.
#include <gtest/gtest.h>

#include <ostream>

#include "http2_frames.h"
#include "observed.h"

namespace podwire::exchange {
namespace {

using namespace test;

struct Case {
  const char* paragraph;
  const char* what;
  std::string client;  // behind the preface and SETTINGS
  std::string server;  // behind SETTINGS
  bool malformed;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.paragraph << ": " << one.what; }

std::string answered() { return headers(1, ok_fields(), kWholeAndLast); }
std::string asked(const Fields& fields) { return headers(1, fields, kWholeAndLast); }
std::string asked_with(const std::string& name, const std::string& value) {
  return asked(with(get_fields("/"), {{name, value}}));
}
std::string get() { return asked(get_fields("/")); }
std::string response_with(const std::string& name, const std::string& value) {
  return headers(1, with(ok_fields(), {{name, value}}), kWholeAndLast);
}

class Http2Message : public testing::TestWithParam<Case> {};

TEST_P(Http2Message, IsMalformedOrNot) {
  const Case& one = GetParam();
  Observed run;
  run.client(kPreface + settings() + one.client).server(settings() + one.server);
  run.client(headers(101, get_fields("/other"), kWholeAndLast))
      .server(headers(101, ok_fields(), kWholeAndLast))
      .close();
  ASSERT_GE(run.exchanges.size(), 2U) << run.text;
  EXPECT_NE(run.text.find("complete GET /other 0 -> 200 0\n"), std::string::npos) << run.text;
  int marked = 0;
  for (const SeenExchange& seen : run.exchanges) marked += seen.missing.has(Missing::kMalformed) ? 1 : 0;
  EXPECT_EQ(marked, one.malformed ? 1 : 0) << run.text;
  const std::string loss = "loss malformed-stream 9:80\n";
  const std::size_t told = run.text.find(loss);
  EXPECT_EQ(told != std::string::npos, one.malformed) << run.text;
  if (!one.malformed) return;
  EXPECT_EQ(run.text.find(loss, told + 1), std::string::npos) << "counted once";
}

const Fields kConnect = {{":method", "CONNECT"}, {":authority", "b:1"}};

INSTANTIATE_TEST_SUITE_P(
    Section8, Http2Message,
    testing::Values(
        Case{"8.1", "a whole message", get(), answered(), false},
        Case{"8.1", "trailers without END_STREAM",
             headers(1, get_fields("/")) + headers(1, {{"t", "u"}}) + data_frame(1, "", kEndStreamFlag), answered(),
             true},
        Case{"8.1", "trailers", headers(1, get_fields("/")) + headers(1, {{"t", "u"}}, kWholeAndLast), answered(),
             false},
        Case{"8.1", "content before the head", get(), data_frame(1, "x") + answered(), true},
        Case{"8.1", "a second head", get(), headers(1, ok_fields()) + answered(), true},
        Case{"8.1", "an interim response, then the final one", get(), headers(1, {{":status", "103"}}) + answered(),
             false},
        Case{"8.1", "an interim response that ends the stream", get(), headers(1, {{":status", "103"}}, kWholeAndLast),
             true},
        Case{"8.1", "an interim response behind the final one", get(),
             headers(1, ok_fields()) + headers(1, {{":status", "103"}}) + data_frame(1, "", kEndStreamFlag), true},
        Case{"8.1.1", "content-length that is the content's",
             headers(1, with(post_fields("/"), {{"content-length", "2"}})) + data_frame(1, "hi", kEndStreamFlag),
             answered(), false},
        Case{"8.1.1", "content-length that is too small",
             headers(1, with(post_fields("/"), {{"content-length", "1"}})) + data_frame(1, "hi", kEndStreamFlag),
             answered(), true},
        Case{"8.1.1", "content-length without content", asked_with("content-length", "1"), answered(), true},
        Case{"8.1.1", "content-length of a response", get(), response_with("content-length", "3"), true},
        Case{"8.1.1", "a second content-length",
             headers(1, with(post_fields("/"), {{"content-length", "2"}, {"content-length", "3"}})) +
                 data_frame(1, "hi", kEndStreamFlag),
             answered(), true},
        Case{"8.1.1", "content-length that is no number", asked_with("content-length", "0x0"), answered(), true},
        Case{"8.2.1", "an upper-case name", asked_with("X-a", "b"), answered(), true},
        Case{"8.2.1", "a name with a space", asked_with("x a", "b"), answered(), true},
        Case{"8.2.1", "a name with a colon behind its beginning", asked_with("x:a", "b"), answered(), true},
        Case{"8.2.1", "a name beyond ASCII", asked_with("x\xe4", "b"), answered(), true},
        Case{"8.2.1", "an empty name", asked_with("", "b"), answered(), true},
        Case{"8.2.1", "a value with NUL", asked_with("x", std::string("a\0b", 3)), answered(), true},
        Case{"8.2.1", "a value with CR", asked_with("x", "a\rb"), answered(), true},
        Case{"8.2.1", "a value with LF", asked_with("x", "a\nb"), answered(), true},
        Case{"8.2.1", "a value that begins with a space", asked_with("x", " a"), answered(), true},
        Case{"8.2.1", "a value that ends with a tab", asked_with("x", "a\t"), answered(), true},
        Case{"8.2.1", "a value with a space within", asked_with("x", "a b"), answered(), false},
        Case{"8.2.1", "an empty value", asked_with("x", ""), answered(), false},
        Case{"8.2.2", "connection", asked_with("connection", "close"), answered(), true},
        Case{"8.2.2", "proxy-connection", asked_with("proxy-connection", "close"), answered(), true},
        Case{"8.2.2", "keep-alive", get(), response_with("keep-alive", "timeout=5"), true},
        Case{"8.2.2", "transfer-encoding", get(), response_with("transfer-encoding", "chunked"), true},
        Case{"8.2.2", "upgrade", asked_with("upgrade", "websocket"), answered(), true},
        Case{"8.2.2", "te: trailers", asked_with("te", "trailers"), answered(), false},
        Case{"8.2.2", "te: gzip", asked_with("te", "gzip"), answered(), true},
        Case{"8.3", "a pseudo-header field behind another field",
             asked({{":method", "GET"}, {":scheme", "http"}, {"x", "y"}, {":path", "/"}}), answered(), true},
        Case{"8.3", "an unknown pseudo-header field", asked_with(":x", "y"), answered(), true},
        Case{"8.3", "a request's in a response", get(), headers(1, {{":status", "200"}, {":path", "/"}}, kWholeAndLast),
             true},
        Case{"8.3", "a response's in a request", asked(with(get_fields("/"), {{":status", "200"}})), answered(), true},
        Case{"8.3", "a pseudo-header field in trailers",
             headers(1, get_fields("/")) + headers(1, {{":path", "/"}}, kWholeAndLast), answered(), true},
        Case{"8.3", "the same twice", asked({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":path", "/"}}),
             answered(), true},
        Case{"8.3.1", "without :method", asked({{":scheme", "http"}, {":path", "/"}}), answered(), true},
        Case{"8.3.1", "without :scheme", asked({{":method", "GET"}, {":path", "/"}}), answered(), true},
        Case{"8.3.1", "without :path", asked({{":method", "GET"}, {":scheme", "http"}}), answered(), true},
        Case{"8.3.1", "without :authority", asked({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}),
             answered(), false},
        Case{"8.3.1", "without any", asked({{"x", "y"}}), answered(), true},
        Case{"8.3.1", "an empty :path", asked(get_fields("")), answered(), true},
        Case{"8.3.1", ":path without its slash", asked(get_fields("x")), answered(), true},
        Case{"8.3.1", "an asterisk for OPTIONS",
             asked({{":method", "OPTIONS"}, {":scheme", "http"}, {":path", "*"}, {":authority", "a"}}), answered(),
             false},
        Case{"8.3.1", "an asterisk for GET", asked(get_fields("*")), answered(), true},
        Case{"8.3.1", "an empty path of another scheme", asked({{":method", "GET"}, {":scheme", "urn"}, {":path", ""}}),
             answered(), false},
        Case{"8.3.1", "user information in :authority",
             asked({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "me@a"}}), answered(),
             true},
        Case{"8.3.2", "without :status", get(), headers(1, {{"x", "y"}}, kWholeAndLast), true},
        Case{"8.3.2", ":status that is no code", get(), headers(1, {{":status", "ok"}}, kWholeAndLast), true},
        Case{"8.4.1", "a promised request without content", get(),
             push_promise(1, 2, get_fields("/p")) + headers(2, ok_fields(), kWholeAndLast) + answered(), false},
        Case{"8.4.1", "a promised request that is not safe", get(),
             push_promise(1, 2, post_fields("/p")) + headers(2, ok_fields(), kWholeAndLast) + answered(), true},
        Case{"8.4.1", "a promise that is no request", get(),
             push_promise(1, 2, ok_fields()) + headers(2, ok_fields(), kWholeAndLast) + answered(), true},
        Case{"8.5", "CONNECT", asked(kConnect), answered(), false},
        Case{"8.5", "CONNECT with :scheme", asked(with(kConnect, {{":scheme", "http"}})), answered(), true},
        Case{"8.5", "CONNECT with :path", asked(with(kConnect, {{":path", "/"}})), answered(), true},
        Case{"8.5", "CONNECT without :authority", asked({{":method", "CONNECT"}}), answered(), true},
        Case{"8.6", "101", get(), headers(1, {{":status", "101"}}) + answered(), true},
        Case{
            "RFC 8441, 4", "extended CONNECT",
            asked(
                {{":method", "CONNECT"}, {":protocol", "x"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}}),
            answered(), false},
        Case{"RFC 8441, 4", "extended CONNECT without :path",
             asked({{":method", "CONNECT"}, {":protocol", "x"}, {":scheme", "http"}, {":authority", "a"}}), answered(),
             true},
        Case{"RFC 8441, 4", ":protocol of another method", asked_with(":protocol", "x"), answered(), true}));

INSTANTIATE_TEST_SUITE_P(
    Section5, Http2Message,
    testing::Values(
        Case{"5.1", "DATA behind END_STREAM, half-closed", get() + data_frame(1, "x"), answered(), true},
        Case{"5.1", "HEADERS behind END_STREAM, half-closed", get() + asked({{"t", "u"}}), answered(), true},
        Case{"5.1", "WINDOW_UPDATE behind END_STREAM", get() + frame(0x8, 0, 1, big_endian(1, 4)), answered(), false},
        Case{"6.3", "PRIORITY of four octets", headers(1, post_fields("/")) + frame(0x2, 0, 1, big_endian(0, 4)),
             answered(), true},
        Case{"6.9", "a window increment of 0", headers(1, post_fields("/")) + frame(0x8, 0, 1, big_endian(0, 4)),
             answered(), true},
        Case{"6.3", "PRIORITY of a wrong length on an idle stream", frame(0x2, 0, 99, "") + get(), answered(), false},
        Case{"5.1", "PRIORITY on an idle stream", frame(0x2, 0, 99, big_endian(0, 4) + '\x10') + get(), answered(),
             false},
        Case{"5.1", "RST_STREAM behind END_STREAM of both", get(), answered() + rst_stream(1, 0), false}));

// Frames that belong to no exchange are counted alone.
class Http2StreamState : public testing::TestWithParam<Case> {};

TEST_P(Http2StreamState, IsAnErrorOrNot) {
  const Case& one = GetParam();
  Observed run;
  run.client(kPreface + settings() + get()).server(settings() + answered()).take();
  run.client(one.client).server(one.server);
  EXPECT_EQ(run.take(), one.malformed ? "loss malformed-stream 9:80\n" : "");
  run.client(headers(101, get_fields("/other"), kWholeAndLast)).server(headers(101, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.take(), "complete GET /other 0 -> 200 0\n");
}

INSTANTIATE_TEST_SUITE_P(
    Section5, Http2StreamState,
    testing::Values(Case{"5.1", "DATA of the client on an idle stream", data_frame(9, "x"), "", true},
                    Case{"5.1", "RST_STREAM of the client on an idle stream", rst_stream(9, 0), "", true},
                    Case{"5.1", "DATA on a closed stream", data_frame(1, "x"), "", true},
                    Case{"5.1", "DATA of the server on a closed stream", "", data_frame(1, "x"), true},
                    Case{"5.1", "HEADERS of the server on a closed stream", "", headers(1, ok_fields()), true},
                    Case{"5.1", "RST_STREAM on a closed stream", rst_stream(1, 8), "", false},
                    Case{"5.1", "PRIORITY on a closed stream", frame(0x2, 0, 1, big_endian(0, 4) + '\x10'), "", false},
                    Case{"5.1", "WINDOW_UPDATE on a closed stream", frame(0x8, 0, 1, big_endian(1, 4)), "", false},
                    Case{"5.1.1", "a stream identifier that was used", get(), "", true},
                    Case{"8.4", "a response that nobody promised", "", headers(2, ok_fields(), kWholeAndLast), true}));

TEST(Http2StreamIdentifier, ALowerOneThanTheLatestIsClosed) {  // section 5.1.1
  Observed run;
  run.client(kPreface + settings() + headers(7, get_fields("/7"), kWholeAndLast)).server(settings());
  run.client(headers(5, get_fields("/5"), kWholeAndLast));
  EXPECT_EQ(run.text, "loss malformed-stream 9:80\n");
  run.server(headers(7, ok_fields(), kWholeAndLast)).close();
  EXPECT_EQ(run.text, "loss malformed-stream 9:80\ncomplete GET /7 0 -> 200 0\n");
}

TEST(Http2StreamIdentifier, WhatIsOnItsWayToAResetStreamIsNoError) {  // section 5.1, closed
  Observed run;
  run.client(kPreface + settings() + headers(1, post_fields("/1"))).server(settings() + rst_stream(1, 7));
  run.client(data_frame(1, "on its way") + headers(1, {{"t", "u"}}, kWholeAndLast));
  EXPECT_EQ(run.text, "reset POST /1 0 -> -\n");
}

TEST(Http2StreamIdentifier, AResponseMayBeSeenBeforeARequestThatWaitedForOtherBytes) {
  Observed run;
  run.client(kPreface + settings()).server(settings() + headers(1, ok_fields()));
  run.client(headers(1, get_fields("/1"), kWholeAndLast)).server(data_frame(1, "x", kEndStreamFlag));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 1\n");
}

// Section 4.2: a receiver allows 16,384 octets, and more by SETTINGS_MAX_FRAME_SIZE alone.
TEST(Http2FrameSize, IsWhatTheReceiverAllowed) {
  const auto told = [](const std::string& server_settings, std::size_t bytes) {
    Observed run;
    run.client(kPreface + settings()).server(server_settings);
    run.client(headers(1, post_fields("/"), kWhole) + data_frame(1, std::string(bytes, 'x'), kEndStreamFlag));
    run.server(answered());
    return run.text;
  };
  const std::string larger = frame(0x4, 0, 0, big_endian(0x5, 2) + big_endian(20'000, 4));
  EXPECT_EQ(told(settings(), 16'384), "complete POST / 16384 -> 200 0\n");
  EXPECT_EQ(told(settings(), 16'385), "detached POST / 0 -> - malformed no-response\nloss malformed 9:80\n");
  EXPECT_EQ(told(larger, 20'000), "complete POST / 20000 -> 200 0\n");
  EXPECT_EQ(told(larger, 20'001), "detached POST / 0 -> - malformed no-response\nloss malformed 9:80\n");
  EXPECT_EQ(told(larger + settings(), 20'000), "complete POST / 20000 -> 200 0\n");
}

TEST(Http2FrameSize, OfWhatMayHaveBeenAllowedNothingIsRefused) {
  Observed run;
  run.client(kPreface + settings()).server(settings()).server_gap(15);
  run.client(headers(1, post_fields("/"), kWhole) + data_frame(1, std::string(20'000, 'x'), kEndStreamFlag));
  EXPECT_EQ(run.text.find("loss malformed 9:80"), std::string::npos) << run.text;
}

// The first bytes of it are read as the length of a frame of a type that nobody knows.
TEST(Http2FrameSize, Http1WithinAConnectionIsMalformed) {
  Observed run;
  run.client(kPreface + settings() + get()).server(settings() + answered()).client("GET /http1 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(run.text, "complete GET / 0 -> 200 0\nloss malformed 9:80\n");
}

}  // namespace
}  // namespace podwire::exchange
