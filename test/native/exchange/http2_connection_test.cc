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

TEST(Http2Connection, HeadAndNotModifiedHaveALengthWithoutContent) {
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

TEST(Http2Connection, StreamsThatAreReset) {
  Http2Conversation talk;
  const std::uint32_t cancelled = talk.request(get_fields("/1"));
  const std::uint32_t refused = talk.open_request(post_fields("/2"));
  talk.pass();
  talk.reset(kClient, cancelled, 8);
  talk.reset(kServer, refused, 7);
  talk.pass();
  Observed run;
  replay(run, talk.segments());
  EXPECT_EQ(run.text, "reset GET /1 0 -> - no-response\nreset POST /2 0 -> - no-response\n");
  EXPECT_EQ(run.exchanges[0].reset->error_code, 8U);
  EXPECT_TRUE(run.exchanges[0].reset->by_source);
  EXPECT_EQ(run.exchanges[1].reset->error_code, 7U);
  EXPECT_FALSE(run.exchanges[1].reset->by_source);
}

TEST(Http2Connection, AfterAWholeResponseTheServerMayAskForNoMoreOfTheRequest) {
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

TEST(Http2Connection, GoawayEndsWhatWillNotBeAnswered) {
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

TEST(Http2Connection, StreamIdentifiersReachTheirEnd) {
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

TEST(Http2Connection, ThousandsOfStreamsAtOnce) {
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

TEST(Http2Connection, StreamsAreBounded) {
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

TEST(Http2Connection, WhatIsOpenInAllIsBounded) {
  ExchangeLimits limits;
  limits.max_open = 1;
  Observed run(limits);
  run.client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast)).server(settings());
  run.client(headers(3, get_fields("/3"), kWholeAndLast)).server(headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "detached GET /1 0 -> - no-response memory-full\ncomplete GET /3 0 -> 200 0\n");
}

TEST(Http2Connection, StoredBytesAreBoundedAndTheRestIsStillTold) {
  ExchangeLimits limits;
  limits.max_stored_bytes = 10;
  Observed run(limits);
  run.client(kPreface + settings() + headers(1, with(get_fields("/1"), {{"a", "b"}}), kWholeAndLast));
  run.server(settings() + headers(1, with(ok_fields(), {{"c", "d"}}), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 0 unknown-headers memory-full\n");
  EXPECT_EQ(run.exchanges[0].authority, "a");
  EXPECT_EQ(run.exchanges[0].request_headers + run.exchanges[0].response_headers, "");
}

TEST(Http2Connection, BodiesAreKeptWhenWantedUpToTheirCap) {
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

TEST(Http2Connection, LargeFramesAreSkippedOnceEnoughIsKept) {
  Observed run;
  run.body_wanted = 4;
  run.client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast));
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

TEST(Http2Connection, WhatFinResetAndCloseLeaveBehind) {
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

TEST(Http2Connection, HalfAHeaderSectionIsTold) {
  Observed run;
  run.client(kPreface + settings() + headers(1, get_fields("/slow"), kWholeAndLast).substr(0, 20)).server(settings());
  EXPECT_EQ(run.text, "");
  run.close();
  EXPECT_EQ(run.text, "closed - - 0 -> - no-response unknown-headers\n");
  EXPECT_EQ(run.exchanges[0].stream, 1U);
}

TEST(Http2Connection, WhatIsOpenForASecondIsSentOnce) {
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

TEST(Http2Connection, WhatIsNoHttp2EndsTheConnection) {
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

}  // namespace
}  // namespace podwire::exchange
