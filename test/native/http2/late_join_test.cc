// A reader that joins at any byte of a running connection: all that it tells is true, and it finds its place.
#include <gtest/gtest.h>

#include <string>

#include "frame_transcript.h"
#include "frames.h"
#include "http2/frame_search.h"
#include "recorded_stream.h"
#include "traffic.h"

namespace podwire::http2 {
namespace {

using namespace test;

void read_segments(FrameTranscript& run, const Traffic& traffic, std::size_t from, std::size_t until) {
  const std::string_view bytes = traffic.stream.bytes;
  for (const std::size_t end : traffic.segment_ends(from)) {
    if (from >= until) return;
    run.data(bytes.substr(from, end - from), from);
    from = end;
  }
}

// Frames from the sixth burst that begins behind `from` on.
std::size_t frames_behind(const Traffic& traffic, std::size_t from) {
  std::size_t burst = 0;
  while (burst < traffic.bursts.size() && traffic.bursts[burst] < from) ++burst;
  if (burst + 6 >= traffic.bursts.size()) return 0;
  const std::size_t begin = traffic.bursts[burst + 6];
  return static_cast<std::size_t>(std::count_if(traffic.stream.frames.begin(), traffic.stream.frames.end(),
                                                [&](const TrueFrame& one) { return one.begin >= begin; }));
}

TEST(LateJoin, AtEveryByteSegmentBySegment) {
  for (const unsigned seed : {1U}) {
    const Traffic traffic = TrafficMaker(seed).make(9, 300);
    const std::size_t size = traffic.stream.bytes.size();
    for (std::size_t from = 0; from < size; ++from) {
      FrameTranscript run(StreamBegin::kUnknown);
      read_segments(run, traffic, from, size);
      ASSERT_EQ(run.outcome, ReadOutcome::kReading) << seed << ' ' << from;
      ASSERT_EQ(first_untrue(run.told, traffic.stream, from), "") << seed << ' ' << from;
      ASSERT_GE(run.told.size(), frames_behind(traffic, from)) << seed << ' ' << from << '\n' << run.text();
    }
  }
}

// Without edges, only by length.
TEST(LateJoin, AnywhereInOnePiece) {
  const Traffic traffic = TrafficMaker(7).make(60, 3'000);
  const std::string_view bytes = traffic.stream.bytes;
  ASSERT_GT(bytes.size(), 6 * kProofBytes);
  const std::size_t step = 397;
  for (std::size_t from = 1; from < bytes.size(); from += step) {
    FrameTranscript run(StreamBegin::kUnknown);
    run.data(bytes.substr(from, 4 * kProofBytes));
    ASSERT_EQ(run.outcome, ReadOutcome::kReading) << from;
    ASSERT_EQ(first_untrue(run.told, traffic.stream, from), "") << from;
    if (bytes.size() - from > 3 * kProofBytes) {
      ASSERT_FALSE(run.reader.searching()) << from;
    }
  }
}

// DATA frames of the usual sizes, with a recorded connection as their data.
Traffic upload_of(const std::string& recorded, std::size_t frame_bytes) {
  TrafficMaker maker(11);
  Traffic traffic;
  RecordedStream& to = traffic.stream;
  to.settings({{3, 128}});
  to.block(1, "\x83\x86\x84\x41\x03www");
  for (std::size_t at = 0; at < recorded.size(); at += frame_bytes) {
    to.data(1, recorded.substr(at, frame_bytes), at + frame_bytes >= recorded.size());
  }
  traffic.bursts.push_back(to.bytes.size());
  for (std::uint32_t i = 0; i < 20; ++i) {
    to.block(2 * i + 3,
             "\x82\x86\x84\x41\x03"
             "app",
             {.fin = i % 2 == 0});
    if (i % 2 != 0) to.data(2 * i + 3, maker.random_text(40), true);
    traffic.bursts.push_back(to.bytes.size());
  }
  return traffic;
}

// Where a join sees nothing but the rest of a DATA frame, segments may begin and end at frames in it by chance, and
// that looks like a connection. It is rare, and does not count as certain.
TEST(LateJoin, ABodyThatHoldsAConnectionIsNotTakenForOne) {
  for (const unsigned seed : {5U, 6U}) {
    const Traffic recorded = TrafficMaker(seed).make(60, 700);
    ASSERT_GT(recorded.stream.bytes.size(), 2 * kProofBytes);
    for (const std::size_t frame_bytes : {std::size_t{16'384}, std::size_t{4'087}}) {
      const Traffic traffic = upload_of(recorded.stream.bytes, frame_bytes);
      std::size_t joins = 0;
      std::size_t mistaken = 0;
      for (std::size_t from = 1; from < traffic.bursts[1]; from += 389, ++joins) {
        FrameTranscript run(StreamBegin::kUnknown);
        read_segments(run, traffic, from, traffic.stream.bytes.size());
        ASSERT_EQ(run.outcome, ReadOutcome::kReading) << from;
        ASSERT_FALSE(run.reader.searching()) << frame_bytes << ' ' << from;
        if (!first_untrue(run.told, traffic.stream, from).empty()) ++mistaken;
        std::erase_if(run.told, [](const Told& one) { return !one.certain; });
        ASSERT_EQ(first_untrue(run.told, traffic.stream, from), "") << frame_bytes << ' ' << from;
      }
      EXPECT_LE(mistaken, joins / 10) << seed << ' ' << frame_bytes;
    }
  }
}

}  // namespace
}  // namespace podwire::http2
