// HTTP/2 by prior knowledge, from the first byte, without loss.
#include <gtest/gtest.h>

#include "http2_conversation.h"

namespace podwire::exchange {
namespace {

using namespace test;

constexpr tcp::Side kClient = Http2Conversation::kClient;
constexpr tcp::Side kServer = Http2Conversation::kServer;

TEST(Http2Connection, OneExchangeWithItsFacts) {
  Observed run;
  const std::string request = headers(1, with(post_fields("/cart?id=7"), {{"x-a", "b"}}));  // 9 + 77
  run.client(kPreface + settings()).server(settings());                                     // 1000, 1010
  run.client(request).client(data_frame(1, "hi", kEndStreamFlag));                          // 1020, 1030
  const std::string head = headers(1, {{":status", "201"}, {"a", "b"}});                    // 9 + 13 + 5
  run.server(head).server(data_frame(1, "ab") + data_frame(1, "c", kEndStreamFlag));        // 1040, 1050
  ASSERT_EQ(run.text, "complete POST /cart?id=7 2 -> 201 3\n");
  const SeenExchange& seen = run.exchanges[0];
  EXPECT_EQ(seen.stream, 1U);
  EXPECT_EQ(seen.protocol, Protocol::kHttp2);
  EXPECT_EQ(seen.scheme, "http");
  EXPECT_EQ(seen.authority, "a");
  EXPECT_EQ(seen.request_headers, "x-a=b;");
  EXPECT_EQ(seen.response_headers, "a=b;");
  EXPECT_EQ(seen.reason, "-");
  EXPECT_EQ(seen.start_ns, 1020U);
  EXPECT_EQ(seen.first_ns, 20U);
  EXPECT_EQ(seen.duration_ns, 30U);
  EXPECT_EQ(seen.request_wire, request.size() + 9 + 2);
  EXPECT_EQ(seen.response_wire, head.size() + 9 + 2 + 9 + 1);
  EXPECT_EQ(seen.direction, Direction::kOutbound);
  EXPECT_EQ(seen.source_port, 40'000);
  EXPECT_EQ(run.engine.open_exchanges(), 0U);
  EXPECT_EQ(run.engine.stored_bytes(), 0U);
}

// RFC 7541, section 6.2.3: of literals alone, and only of those that say so.
TEST(Http2Connection, WhatItsSenderMarksAsSensitiveIsToldSo) {
  const std::string marked("\x10\x05x-key\x03s3c", 11);
  Observed run;
  run.client(kPreface + settings() +
             frame(0x1, kWholeAndLast, 1, block(with(get_fields("/"), {{"x-a", "b"}})) + marked));
  run.server(settings() + headers(1, ok_fields(), kWhole) + data_frame(1, "a"));
  run.server(frame(0x1, kWholeAndLast, 1, marked));
  ASSERT_EQ(run.text, "complete GET / 0 -> 200 1\n");
  EXPECT_EQ(run.exchanges[0].request_headers, "x-a=b;x-key=s3c (never indexed);");
  EXPECT_EQ(run.exchanges[0].response_trailers, "x-key=s3c (never indexed);");
}

TEST(Http2Connection, ManyStreamsInterleaved) {
  Http2Conversation talk;
  std::vector<std::uint32_t> streams;
  for (int i = 0; i < 50; ++i) streams.push_back(talk.open_request(post_fields("/" + std::to_string(i))));
  for (int i = 0; i < 50; ++i) talk.data(kClient, streams[i], std::string(10 + i, 'q'));
  talk.pass();
  for (int i = 49; i >= 0; --i) talk.open_response(streams[i], with(ok_fields(), {{"number", std::to_string(i)}}));
  for (int i = 0; i < 50; ++i) talk.data(kServer, streams[i], std::string(1'000 + i, 'r'));
  talk.pass();
  for (int i = 0; i < 50; ++i) talk.end(kClient, streams[i]);
  for (int i = 0; i < 50; ++i) talk.end(kServer, streams[i]);
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  ASSERT_EQ(run.exchanges.size(), 50U) << run.text;
  for (const SeenExchange& seen : run.exchanges) {
    const std::string number = seen.path.value().substr(1);
    const std::string sent = std::to_string(10 + std::stoi(number));
    const std::string received = std::to_string(1'000 + std::stoi(number));
    EXPECT_EQ(seen.line, "complete POST /" + number + ' ' + sent + " -> 200 " + received);
    EXPECT_EQ(seen.response_headers, "number=" + number + ';');
    EXPECT_EQ(seen.stream, streams[static_cast<std::size_t>(std::stoi(number))]);
  }
}

TEST(Http2Connection, SplitAtEveryByte) {
  Http2Conversation talk;
  const std::uint32_t one = talk.request(with(post_fields("/1"), {{"cookie", "c=d"}}), "12345", {{"t", "u"}});
  const std::uint32_t two = talk.request(get_fields("/2"));
  talk.pass();
  talk.informational(two, {{":status", "103"}, {"link", "x"}});
  talk.respond(two, with(ok_fields(), {{"cookie", "c=d"}}), "two", {{"grpc-status", "0"}});
  talk.respond(one, {{":status", "404"}});
  talk.pass();
  const std::string expected = "complete POST /1 5 -> 404 0\ncomplete GET /2 0 -> 200 3\n";
  for (std::size_t at = 0; at <= talk.bytes(kClient).size(); ++at) {
    Observed run;
    run.client(talk.bytes(kClient).substr(0, at)).client(talk.bytes(kClient).substr(at));
    run.server(talk.bytes(kServer));
    ASSERT_TRUE(run.text == expected || run.exchanges.size() == 2) << at << run.text;
    for (const SeenExchange& seen : run.exchanges) ASSERT_NE(expected.find(seen.line + '\n'), std::string::npos) << at;
  }
  Observed run;
  for (const Segment& segment : talk.segments()) {
    for (const char byte : segment.bytes) run.data(segment.side, {&byte, 1});
  }
  ASSERT_EQ(run.exchanges.size(), 2U) << run.text;
  for (const SeenExchange& seen : run.exchanges) EXPECT_NE(expected.find(seen.line + '\n'), std::string::npos);
  const SeenExchange& second = run.exchanges[run.exchanges[0].path == "/2" ? 0 : 1];
  EXPECT_EQ(second.informational, "103(link=x;)");
  EXPECT_EQ(second.response_trailers, "grpc-status=0;");
}

TEST(Http2Connection, TheServersSettingsMayComeFirst) {
  Observed run;
  run.server(settings()).client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast));
  run.server(headers(1, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0\n");
  Observed bytewise;
  for (const char byte : settings()) bytewise.server({&byte, 1});
  for (const char byte : kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast)) {
    bytewise.client({&byte, 1});
  }
  bytewise.server(headers(1, ok_fields(), kWholeAndLast));
  EXPECT_EQ(bytewise.text, "complete GET /1 0 -> 200 0\n");
}

TEST(Http2Connection, TheClientMayBeTheResponder) {
  Observed run;
  run.data(tcp::Side::kResponder, kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast));
  run.data(tcp::Side::kInitiator, settings() + headers(1, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0\n");
  EXPECT_EQ(run.exchanges[0].source_port, 80);
}

TEST(Http2Connection, TrailersOfEitherSide) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.request(post_fields("/1"), "x", {{"check", "sum"}});
  talk.pass();
  talk.respond(stream, ok_fields(), "", {{"grpc-status", "5"}});
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.text, "complete POST /1 1 -> 200 0\n");
  EXPECT_EQ(run.exchanges[0].request_trailers, "check=sum;");
  EXPECT_EQ(run.exchanges[0].response_trailers, "grpc-status=5;");
}

TEST(Http2Connection, InformationalResponses) {
  Http2Conversation talk;
  const std::uint32_t stream = talk.open_request(with(post_fields("/1"), {{"expect", "100-continue"}}));
  talk.pass();
  talk.informational(stream, {{":status", "100"}});
  talk.informational(stream, {{":status", "103"}, {"link", "x"}});
  talk.pass();
  talk.data(kClient, stream, "y");
  talk.end(kClient, stream);
  talk.respond(stream, ok_fields(), "done");
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.text, "complete POST /1 1 -> 200 4\n");
  EXPECT_EQ(run.exchanges[0].informational, "100()103(link=x;)");
}

TEST(Http2Connection, ServerPush) {
  Http2Conversation talk;
  const std::uint32_t page = talk.request(get_fields("/page"));
  talk.pass();
  const std::uint32_t style = talk.push(page, get_fields("/style"));
  talk.respond(page, ok_fields(), "page");
  talk.respond(style, ok_fields(), "style");
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  ASSERT_EQ(run.exchanges.size(), 2U) << run.text;
  const bool page_first = run.exchanges[0].path == "/page";
  const SeenExchange& pushed = run.exchanges[page_first ? 1 : 0];
  EXPECT_EQ(pushed.line, "complete GET /style 0 -> 200 5");
  EXPECT_EQ(pushed.stream, 2U);
  EXPECT_TRUE(pushed.pushed);
  EXPECT_EQ(pushed.source_port, 40'000);
  EXPECT_FALSE(run.exchanges[page_first ? 0 : 1].pushed);
}

TEST(Http2Connection, ContinuationPaddingPriorityAndUnknownFrames) {
  const std::string all = block(get_fields("/1"));
  const std::string padded = big_endian(3, 1) + "body" + std::string(3, '\0');
  Observed run;
  run.client(kPreface + settings() + frame(0xf0, 0xff, 7, "passed over"));
  run.client(frame(0x1, kEndStreamFlag | 0x20, 1, big_endian(0, 4) + '\x10' + all.substr(0, 5)));
  run.client(frame(0x9, 0, 1, all.substr(5, 1)) + frame(0x9, kEndHeadersFlag, 1, all.substr(6)));
  run.client(frame(0x2, 0, 1, big_endian(0, 4) + '\x10') + frame(0x6, 0, 0, "8 octets") +
             frame(0x8, 0, 1, big_endian(9, 4)));
  run.server(settings() + headers(1, ok_fields()) + frame(0x0, kPaddedFlag | kEndStreamFlag, 1, padded));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 4\n");
  EXPECT_EQ(run.exchanges[0].response_wire, 9 + 13 + 9 + 8U);
  EXPECT_EQ(run.exchanges[0].request_wire, 3 * 9 + 5 + all.size());
}

}  // namespace
}  // namespace podwire::exchange
