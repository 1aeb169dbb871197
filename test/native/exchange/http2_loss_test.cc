// Bytes of an HTTP/2 connection that were lost: what stays exact, what is doubtful, and that other streams go on.
#include <gtest/gtest.h>

#include "http2_conversation.h"

namespace podwire::exchange {
namespace {

using namespace test;
using tcp::GapCause;

constexpr tcp::Side kServer = Http2Conversation::kServer;

Observed& begin(Observed& run) {
  run.client(kPreface + settings()).server(settings());
  return run;
}

// Enough for a search to find frames again.
std::string many_frames(std::uint32_t first_stream) {
  std::string bytes;
  for (std::uint32_t id = first_stream; id < first_stream + 8; id += 2) {
    bytes += headers(id, ok_fields(), kWholeAndLast);
  }
  return bytes;
}
std::string many_requests(std::uint32_t first_stream) {
  std::string bytes;
  for (std::uint32_t id = first_stream; id < first_stream + 8; id += 2) {
    bytes += headers(id, get_fields("/" + std::to_string(id)), kWholeAndLast);
  }
  return bytes;
}

TEST(Http2Loss, InsideDataTheLengthStaysExact) {
  Observed run;
  run.body_wanted = 100;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast) + headers(3, get_fields("/3"), kWholeAndLast));
  const std::string frame = data_frame(1, "0123456789", kEndStreamFlag);
  run.server(headers(1, ok_fields()) + headers(3, ok_fields()) + frame.substr(0, 11)).server_gap(6);
  run.server(frame.substr(17) + data_frame(3, "x", kEndStreamFlag));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 10 lost-packets\ncomplete GET /3 0 -> 200 1\n");
  EXPECT_EQ(run.exchanges[0].response_body, "01");
  EXPECT_TRUE(run.exchanges[0].response_truncated);
}

TEST(Http2Loss, TheEndOfDataMayBeAmongTheLost) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast));
  const std::string frame = data_frame(1, "0123456789", kEndStreamFlag);
  run.server(headers(1, ok_fields()) + frame.substr(0, 11)).server_gap(8);
  EXPECT_EQ(run.text, "complete GET /1 0 -> 200 10 lost-packets\n");
}

TEST(Http2Loss, TheLastOfALossMayBeAFin) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast));
  run.server(headers(1, ok_fields()) + data_frame(1, "0123456789").substr(0, 12)).server_gap(4).close();
  EXPECT_EQ(run.text, "closed GET /1 0 -> 200 - lost-packets\n");
}

TEST(Http2Loss, InsideAHeaderSectionItsFieldsAreUnknown) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast) + headers(3, get_fields("/3"), kWholeAndLast));
  const std::string lost = headers(1, with(ok_fields(), {{"server", "x"}}), kWholeAndLast);
  run.server(lost.substr(0, 12)).server_gap(5).server(lost.substr(17) + headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 0 0 lost-packets unknown-headers\ncomplete GET /3 0 -> 200 0\n");
}

TEST(Http2Loss, InsideARequestsHeaderSection) {
  Observed run;
  begin(run);
  const std::string lost = headers(1, get_fields("/1"), kWholeAndLast);
  run.client(lost.substr(0, 12)).client_gap(5).client(lost.substr(17) + headers(3, get_fields("/3"), kWholeAndLast));
  run.server(headers(1, ok_fields(), kWholeAndLast) + headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete - - 0 -> 200 0 lost-packets unknown-headers\ncomplete GET /3 0 -> 200 0\n");
}

TEST(Http2Loss, CausesAreTold) {
  const auto told = [](GapCause cause) {
    Observed run;
    begin(run).client(headers(1, get_fields("/1"), kWholeAndLast));
    const std::string frame = data_frame(1, "abcdef", kEndStreamFlag);
    run.server(headers(1, ok_fields()) + frame.substr(0, 10)).server_gap(3, cause).server(frame.substr(13));
    return run.text;
  };
  EXPECT_EQ(told(GapCause::kAcknowledgedUnseen), "complete GET /1 0 -> 200 6 lost-packets\n");
  EXPECT_EQ(told(GapCause::kReorderTimeout),
            "loss reorder-timeout 9:80\ncomplete GET /1 0 -> 200 6 reordered-too-long\n");
  EXPECT_EQ(told(GapCause::kNotCaptured), "loss segment-not-captured 9:80\ncomplete GET /1 0 -> 200 6 truncated\n");
}

TEST(Http2Loss, OfWholeFramesStreamsGoOnBehindThem) {
  Observed run;
  begin(run).client(many_requests(1));
  run.server(headers(1, ok_fields()) + data_frame(1, "abc"));
  run.server_gap(50).server(headers(3, ok_fields()) + data_frame(3, "x") + data_frame(3, "y", kEndStreamFlag) +
                            headers(5, ok_fields(), kWholeAndLast) + headers(7, ok_fields(), kWholeAndLast) +
                            data_frame(1, "xyz", kEndStreamFlag));
  ASSERT_EQ(run.exchanges.size(), 4U) << run.text;
  EXPECT_EQ(run.exchanges[3].line, "complete GET /1 0 -> 200 - lost-packets");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(run.exchanges[i].status, 200);
    EXPECT_EQ(run.exchanges[i].response_bytes, i == 0 ? 2U : 0U) << "its content comes after its head";
    EXPECT_TRUE(run.exchanges[i].missing.has(Missing::kLostPackets)) << "interim responses may have been lost";
  }
  run.client(many_requests(11)).server(many_frames(11));
  EXPECT_EQ(run.exchanges.size(), 8U);
  for (std::size_t i = 4; i < run.exchanges.size(); ++i) {
    EXPECT_TRUE(run.exchanges[i].missing.empty()) << run.exchanges[i].line;
  }
}

TEST(Http2Loss, ALossLastsUntilFramesAreFoundAgain) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast)).server_gap(20);
  run.client(headers(3, get_fields("/3"), kWholeAndLast)).server("the rest of a response to the third stream");
  run.server(many_frames(5)).take();
  run.server(data_frame(3, "x", kEndStreamFlag));
  EXPECT_EQ(run.text, "complete GET /3 0 -> 0 - lost-packets\n") << "its head passed unread";
}

TEST(Http2Loss, OfWholeRequestsLeavesTheirResponsesWithoutThem) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast)).client_gap(60).client(many_requests(5));
  run.server(headers(1, ok_fields(), kWholeAndLast) + headers(3, ok_fields(), kWholeAndLast) + many_frames(5));
  ASSERT_EQ(run.exchanges.size(), 6U) << run.text;
  EXPECT_EQ(run.exchanges[0].line, "complete GET /1 0 -> 200 0") << "it had ended";
  EXPECT_EQ(run.exchanges[1].line, "complete - -> 200 0 lost-packets no-request");
  EXPECT_EQ(run.exchanges[1].stream, 3U);
  EXPECT_EQ(run.exchanges[2].line, "complete GET /5 0 -> 200 0");
}

TEST(Http2Loss, AStreamWhoseEndMayBeLostIsGivenUpWhenItIsSilent) {
  Observed run;
  begin(run).client(many_requests(1)).server(headers(1, ok_fields()) + headers(3, ok_fields()));
  run.server_gap(30).server(many_frames(5));
  run.take();
  run.now += kMaxDoubtfulStreamNs / 2;
  run.server(data_frame(3, "x"));
  run.now += kMaxDoubtfulStreamNs / 2 + 1'000'000'000;
  run.client(headers(101, get_fields("/101"), kWholeAndLast));
  EXPECT_EQ(run.take(), "detached GET /1 0 -> 200 - lost-packets\n") << "stream 3 was not silent";
  run.server(data_frame(1, "late", kEndStreamFlag) + data_frame(3, "y", kEndStreamFlag));
  EXPECT_EQ(run.take(), "complete GET /3 0 -> 200 - lost-packets\n");
}

TEST(Http2Loss, ALostResetEndsItsStream) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast));
  const std::string frame = rst_stream(1, 7);
  run.server(frame.substr(0, 10)).server_gap(3).server(headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.exchanges.at(0).line, "reset GET /1 0 -> - lost-packets no-response");
  EXPECT_EQ(run.exchanges[0].reset, std::nullopt);
}

TEST(Http2Loss, OfAPromise) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast));
  const std::string promise = push_promise(1, 2, get_fields("/style"));
  run.server(promise.substr(0, 20)).server_gap(4).server(promise.substr(24) + headers(2, ok_fields(), kWholeAndLast));
  run.server(headers(1, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete - - 0 -> 200 0 lost-packets unknown-headers\ncomplete GET /1 0 -> 200 0\n");
  EXPECT_TRUE(run.exchanges[0].pushed);
}

TEST(Http2Loss, BeforeTheFirstByte) {
  Observed run;
  run.client_gap(10, GapCause::kAcknowledgedUnseen).client(kPreface.substr(10)).client(settings() + many_requests(1));
  run.server(settings() + many_frames(1));
  ASSERT_EQ(run.exchanges.size(), 4U) << run.text;
  EXPECT_EQ(run.exchanges[0].line, "complete GET /1 0 -> 200 0 lost-packets");
  run.client(many_requests(11)).server(many_frames(11));
  EXPECT_EQ(run.exchanges.at(4).line, "complete GET /11 0 -> 200 0");
}

TEST(Http2Loss, OfTheServersSynAlone) {
  Observed run;
  run.client(kPreface + settings() + headers(1, get_fields("/1"), kWholeAndLast));
  run.server_gap(0, GapCause::kJoinedLate).server(settings() + headers(1, ok_fields(), kWholeAndLast));
  run.client(headers(3, get_fields("/3"), kWholeAndLast)).server(headers(3, ok_fields(), kWholeAndLast));
  ASSERT_EQ(run.exchanges.size(), 2U) << run.text;
  EXPECT_EQ(run.exchanges[0].line, "complete GET /1 0 -> 200 0 joined-late") << "it may have been answered before";
  EXPECT_EQ(run.exchanges[1].line, "complete GET /3 0 -> 200 0");
}

TEST(Http2Loss, HeaderSectionsBeyondTheirBoundsAreUnknown) {
  Observed run;
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast) + headers(3, get_fields("/3"), kWholeAndLast));
  std::string bomb = frame(0x1, 0, 1, block({{":status", "200"}}));
  for (int i = 0; i < 20; ++i)
    bomb += frame(0x9, 0, 1, block({{"x", std::string(100, 'y')}}) + std::string(16'000, '\x88'));
  bomb += frame(0x9, kEndHeadersFlag, 1, "") + data_frame(1, "", kEndStreamFlag);
  run.server(bomb + headers(3, ok_fields(), kWholeAndLast));
  EXPECT_EQ(run.text, "complete GET /1 0 -> 0 0 unknown-headers headers-too-large\ncomplete GET /3 0 -> 200 0\n");
}

TEST(Http2Loss, MemoryForWhatIsNotWholeIsBounded) {
  ExchangeLimits limits;
  limits.max_incomplete_bytes = 5'000;
  Observed run(limits);
  begin(run).client(headers(1, get_fields("/1"), kWholeAndLast));
  run.server(frame(0x1, 0, 1, block({{":status", "200"}}))).server(frame(0x9, 0, 1, std::string(10'000, '\x88')));
  EXPECT_EQ(run.text, "detached GET /1 0 -> - no-response memory-full\nloss malformed 9:80\n");
  EXPECT_TRUE(run.ignored);
  EXPECT_EQ(run.engine.incomplete_bytes(), 0U);
}

}  // namespace
}  // namespace podwire::exchange
