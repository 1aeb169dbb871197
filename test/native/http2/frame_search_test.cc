// What counts as found, what does not, and how fast.
#include "http2/frame_search.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "frame_transcript.h"
#include "frames.h"
#include "traffic.h"

namespace podwire::http2 {
namespace {

using namespace test;

const std::string kHeaders = headers(5, "\x82\x86\x84\x41\x03www");
const std::string kData = data_frame(5, std::string("\0\0\0\0\x02hi", 7), kFin);
const std::string kTrailers = headers(5, std::string("\x40\x0bgrpc-status\x01") + '0', kWholeBlock | kFin);

TEST(FrameSearch, OneSegmentOfWholeFramesIsEnough) {
  const std::vector<std::pair<std::string, std::size_t>> bursts = {
      {kHeaders + kData + kTrailers, 3},
      {kHeaders + kData, 2},
      {kHeaders + kTrailers, 2},
      {window_update(0, 100) + ping() + kHeaders, 3},
      {settings({{3, 100}}) + settings_ack(), 2},
      {headers(5, "\x82\x86", 0) + continuation(5, "\x84") + kData, 2}};
  for (const auto& [burst, events] : bursts) {
    FrameTranscript run(StreamBegin::kUnknown);
    run.data(burst, 7);
    EXPECT_FALSE(run.reader.searching()) << run.text();
    EXPECT_EQ(run.told.size(), events) << run.text();
    EXPECT_FALSE(run.reader.position_certain());
    EXPECT_EQ(run.memory.used(), 0U);
  }
}

TEST(FrameSearch, OneFrameASegmentTakesAFewSegments) {
  const std::vector<std::pair<std::string, std::size_t>> frames = {
      {kHeaders, 2}, {ping(), 2}, {window_update(3, 77), 2}, {data_frame(5, std::string(100, 'x')), 6}};
  for (const auto& [one, most] : frames) {
    FrameTranscript run(StreamBegin::kUnknown);
    std::size_t segments = 0;
    while (run.reader.searching() && segments < 20) {
      run.data(one, ++segments);
    }
    EXPECT_LE(segments, most);
    EXPECT_EQ(run.told.size(), segments);
    for (std::size_t i = 0; i < run.told.size(); ++i) EXPECT_EQ(run.told[i].told_of_ns, i + 1) << "its own segment's";
  }
}

TEST(FrameSearch, WhatFollowsTheFoundFramesHasItsOwnTime) {
  FrameTranscript run(StreamBegin::kUnknown);
  run.data(kHeaders, 1);
  run.data(kData + kTrailers, 2);
  ASSERT_EQ(run.told.size(), 3U);
  EXPECT_EQ(run.told[0].told_of_ns, 1U);
  EXPECT_EQ(run.told[1].told_of_ns, 2U);
  EXPECT_EQ(run.told[2].told_of_ns, 2U);
}

TEST(FrameSearch, AnExpectedFrameNeedsLess) {
  FrameTranscript run(StreamBegin::kUnknown);
  run.reader.expect_frame();
  run.data(ping());
  EXPECT_EQ(run.text(), "other 6 0\n");
  FrameTranscript wrong(StreamBegin::kUnknown);
  wrong.reader.expect_frame();
  wrong.data("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(wrong.reader.searching()) << "the search still judges";
}

TEST(FrameSearch, BehindAClientsPreface) {
  FrameTranscript run(StreamBegin::kUnknown);
  run.data(kPreface + settings({{3, 100}}) + window_update(0, 5));
  EXPECT_EQ(run.text(), "settings 3=100\nother 8 0\n");
}

TEST(FrameSearch, EachFrameHasTheTimeOfItsFirstByte) {
  FrameTranscript run(StreamBegin::kUnknown);
  const std::string burst = kHeaders + kTrailers;
  run.data(burst.substr(0, 5), 10);
  run.data(burst.substr(5, kHeaders.size() - 5 + 1), 20);
  run.data(burst.substr(kHeaders.size() + 1), 30);
  ASSERT_EQ(run.told.size(), 2U) << run.text();
  EXPECT_EQ(run.told[0].first_byte_ns, 10U);
  EXPECT_EQ(run.told[1].first_byte_ns, 20U);
}

TEST(FrameSearch, ProvenAfterTheLongestFrameThatAReceiverAllowsByDefault) {
  FrameTranscript run(StreamBegin::kUnknown);
  run.data(kHeaders + kData);
  ASSERT_FALSE(run.reader.searching());
  run.data(data_frame(5, std::string(16'383, 'x')) + ping().substr(0, 9));
  EXPECT_TRUE(run.reader.position_certain());
  run.data("8 octets" + frame(0x6, 0, 1, "8 octets"));
  EXPECT_EQ(run.outcome, ReadOutcome::kMalformed);
}

TEST(FrameSearch, WhatIsNotProvenAndBreaksIsSearchedAgain) {
  FrameTranscript run(StreamBegin::kUnknown);
  run.data(kHeaders + kData);
  ASSERT_FALSE(run.reader.searching());
  run.data("this is no frame at all, is it");
  EXPECT_EQ(run.outcome, ReadOutcome::kReading);
  EXPECT_TRUE(run.reader.searching());
  EXPECT_EQ(run.reader.searched_bytes(), 30U);
  EXPECT_EQ(run.refuted, 1);
  run.told.clear();
  run.data(kHeaders + kData);
  EXPECT_EQ(run.told.size(), 2U);
}

TEST(FrameSearch, SoIsWhatBreaksInAPayload) {
  FrameTranscript run(StreamBegin::kUnknown);
  run.data(kHeaders + kData);
  run.data(settings({{5, 0}}));
  EXPECT_EQ(run.outcome, ReadOutcome::kReading);
  EXPECT_TRUE(run.reader.searching());
  EXPECT_EQ(run.refuted, 1);
}

TEST(FrameSearch, AGapOfKnownSizeInDataDoesNotStartItAnew) {
  const std::string data = data_frame(1, std::string(9'000, 'x'));
  FrameTranscript run(StreamBegin::kUnknown);
  run.data("tail of a frame" + kHeaders + kData + data.substr(0, 1'000));
  run.gap(5'000);
  run.data(data.substr(6'000) + data.substr(0, 2'000));
  run.gap(3'000);
  run.data(data.substr(5'000) + ping() + kTrailers);
  EXPECT_FALSE(run.reader.searching());
  EXPECT_EQ(run.told.back().kind, Told::Kind::kBlock) << run.text();
  EXPECT_TRUE(run.reader.position_certain());
}

std::string repeated(std::string_view bytes, std::size_t size) {
  std::string all;
  while (all.size() < size) all += bytes;
  return all;
}

// Whoever begins at CONTINUATION does not know what it continues (RFC 9113, section 6.10).
TEST(FrameSearch, LengthAloneFindsNoContinuation) {
  const std::string fields = repeated(std::string_view("\0\x01"
                                                       "a\x01"
                                                       "b",
                                                       5),
                                      16'380);
  const std::string stream = headers(5, fields, 0) + continuation(5, fields, 0) +
                             continuation(5, fields.substr(0, 100)) + kData + kTrailers + ping() + kHeaders;
  for (std::size_t before = 1; before < 60; ++before) {
    const std::string bytes = std::string(before, 'x') + stream;
    FrameTranscript run(StreamBegin::kUnknown);
    for (std::size_t at = 0; at < bytes.size(); at += kSegmentBytes) run.data(bytes.substr(at, kSegmentBytes));
    ASSERT_EQ(run.outcome, ReadOutcome::kReading) << before;
    ASSERT_FALSE(run.reader.searching()) << before;
  }
}

// A body, in segments that begin anywhere.
void expect_never_found(const std::string& body, std::size_t segment_bytes = kSegmentBytes) {
  FrameTranscript run(StreamBegin::kUnknown);
  for (std::size_t at = 0; at < body.size(); at += segment_bytes) {
    run.data(std::string_view(body).substr(at, segment_bytes));
    ASSERT_LE(run.memory.used(), kMaxSearchBytes + 16'384);
  }
  EXPECT_TRUE(run.reader.searching()) << run.text().substr(0, 200);
  EXPECT_EQ(run.reader.searched_bytes(), body.size());
  EXPECT_TRUE(run.told.empty());
}

TEST(FrameSearch, RandomBytesAreNever) {
  std::mt19937_64 random(20);
  std::string body;
  while (body.size() < 10'000'000) body += big_endian(random(), 8);
  expect_never_found(body);
}

TEST(FrameSearch, NumbersTextAndPicturesAreNever) {
  const std::size_t size = 120'000;
  expect_never_found(std::string(size, '\0'));
  expect_never_found(repeated(std::string("\x03\0\0\0", 4), size));         // 32-bit little endian: DATA of 3 bytes
  expect_never_found(repeated(std::string("\x03\0\0\0", 4), size), 1'440);  // 120 × 12
  expect_never_found(repeated(std::string("\0\0\xff", 3), size));           // one colour: DATA of 255 bytes
  expect_never_found(repeated(std::string("\0\0\0\x05\0\0\0\x06", 8), size));
  expect_never_found(repeated("{\"id\": 1, \"name\": \"text\"}\n", size));
  std::string counted;
  for (std::uint32_t i = 0; counted.size() < size; ++i) {
    const std::string number = big_endian(i, 4);
    counted.append(number.rbegin(), number.rend());
  }
  expect_never_found(counted);
  std::string shorts;
  std::mt19937 random(3);
  while (shorts.size() < size) shorts += big_endian(random() % 300, random() % 2 == 0 ? 2 : 4);
  expect_never_found(shorts);
}

}  // namespace
}  // namespace podwire::http2
