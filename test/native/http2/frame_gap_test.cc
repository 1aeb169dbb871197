// Lost and skipped bytes.
#include <gtest/gtest.h>

#include <string>

#include "frame_transcript.h"
#include "frames.h"
#include "http2/frame_reader.h"
#include "recorded_stream.h"

namespace podwire::http2 {
namespace {

using namespace test;

FrameTranscript& begun(FrameTranscript& run) {
  run.data(settings());
  run.told.clear();
  return run;
}

TEST(FrameGap, InsideDataOnlyDataIsLost) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(data_frame(1, "0123456789", kFin).substr(0, 9 + 2));
  EXPECT_EQ(run.gap(5), GapOutcome::kInsideFrame);
  run.data("789" + ping());
  EXPECT_EQ(run.text(), "data 1 <01789> lost 5 fin +9\nother 6 0\n");
}

TEST(FrameGap, ToTheEndOfAFrameThePositionIsKnown) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(data_frame(1, "0123456789", kFin).substr(0, 9 + 2));
  EXPECT_EQ(run.gap(8), GapOutcome::kInsideFrame);
  run.data(ping());
  EXPECT_EQ(run.text(), "data 1 <01> lost 8 fin +9\nother 6 0\n");
}

TEST(FrameGap, BeyondAFrameItsLengthAndEndAreKnownAndThePositionIsNot) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(data_frame(1, "0123456789", kFin).substr(0, 9 + 2));
  EXPECT_EQ(run.gap(9), GapOutcome::kPositionLost);
  EXPECT_TRUE(run.reader.searching());
  EXPECT_FALSE(run.reader.position_certain());
  EXPECT_EQ(run.text(), "data 1 <01> lost 8 fin +9\n");
}

TEST(FrameGap, OfUnknownSizeNothingIsExact) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(data_frame(1, "0123456789", kFin).substr(0, 9 + 2));
  EXPECT_EQ(run.gap(0), GapOutcome::kPositionLost);
  EXPECT_EQ(run.text(), "data 1 <01> lost 8 inexact fin +9\n");
}

TEST(FrameGap, InsidePaddingNoDataIsLost) {
  FrameTranscript run(StreamBegin::kServerPreface);
  const std::string padded_frame = padded_data(1, "0123456789", 20);
  begun(run).data(padded_frame.substr(0, 9 + 1 + 10 + 3));
  EXPECT_EQ(run.gap(4), GapOutcome::kInsideFrame);
  run.data(padded_frame.substr(9 + 1 + 10 + 3 + 4) + ping());
  EXPECT_EQ(run.text(), "data 1 <0123456789> +30\nother 6 0\n");
}

TEST(FrameGap, WithThePadLengthTheBorderOfDataIsLost) {
  const std::string data(400, 'd');
  const std::string padded_frame = padded_data(1, data, 50, kFin);  // payload: 1 + 400 + 50
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(padded_frame.substr(0, 9));
  EXPECT_EQ(run.gap(11), GapOutcome::kInsideFrame);
  run.data(padded_frame.substr(9 + 11) + ping());
  // Of 450 bytes behind the pad length, 10 were lost and the last 255 may be padding.
  EXPECT_EQ(run.text(), "data 1 <" + std::string(185, 'd') + "> lost 265 inexact fin +10\nother 6 0\n");
}

TEST(FrameGap, InsideAHeaderBlockTheFrameBoundaryIsKept) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(headers(1, "0123456789", kFin).substr(0, 9 + 2));
  EXPECT_EQ(run.gap(8), GapOutcome::kInsideFrame);
  EXPECT_EQ(run.text(), "block 1 fin lost 19\n") << "at once";
  run.data(continuation(1, "a", 0) + continuation(1, "b") + headers(3, "c"));
  EXPECT_EQ(run.text(), "block 1 fin lost 19\nother 9 1 lost\nother 9 1 lost\nblock 3 <c> 10\n");
  EXPECT_EQ(run.memory.used(), 0U);
}

TEST(FrameGap, InsideContinuation) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(headers(1, "0123456789", kFin) + continuation(1, "abc").substr(0, 9 + 1));
  EXPECT_EQ(run.gap(1), GapOutcome::kInsideFrame);
  run.data("c" + headers(3, "d"));
  EXPECT_EQ(run.text(), "block 1 fin lost 31\nblock 3 <d> 10\n");
}

TEST(FrameGap, BetweenTheFramesOfABlockItIsLostAndSoIsThePosition) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(headers(1, "0123456789", kFin));
  EXPECT_EQ(run.gap(10), GapOutcome::kPositionLost);
  EXPECT_EQ(run.text(), "block 1 fin lost 19\n");
}

TEST(FrameGap, InsideAControlFrameWhatItSaidIsNotKnown) {
  const std::vector<std::pair<std::string, std::string>> rows = {{rst_stream(1, 8), "other 3 1 lost\n"},
                                                                 {settings({{1, 2}, {3, 4}}), "other 4 0 lost\n"},
                                                                 {ping(), "other 6 0 lost\n"},
                                                                 {goaway(1, 2), "other 7 0 lost\n"},
                                                                 {window_update(1, 2), "other 8 1 lost\n"},
                                                                 {priority(1), "other 2 1 lost\n"},
                                                                 {frame(0xbb, 0, 1, "unknown"), "other 187 1 lost\n"}};
  for (const auto& [whole, expected] : rows) {
    for (std::size_t at = 9; at < whole.size(); ++at) {
      FrameTranscript run(StreamBegin::kServerPreface);
      begun(run).data(whole.substr(0, at));
      EXPECT_EQ(run.gap(1), GapOutcome::kInsideFrame);
      run.data(whole.substr(at + 1) + headers(1, "a"));
      EXPECT_EQ(run.text(), expected + "block 1 <a> 10\n") << at;
      EXPECT_EQ(run.memory.used(), 0U);
    }
  }
}

TEST(FrameGap, OfGoawaysDebugDataNothingMatters) {
  FrameTranscript run(StreamBegin::kServerPreface);
  begun(run).data(goaway(1, 2, "debug").substr(0, 9 + 8 + 2));
  EXPECT_EQ(run.gap(3), GapOutcome::kInsideFrame);
  EXPECT_EQ(run.text(), "goaway 1 2\n");
}

TEST(FrameGap, InAConnectionPrefaceThePositionIsLost) {
  FrameTranscript run(StreamBegin::kClientPreface);
  run.data(kPreface.substr(0, 4));
  EXPECT_EQ(run.gap(4), GapOutcome::kPositionLost);
  EXPECT_TRUE(run.reader.searching());
}

TEST(FrameSkip, IsToldAsSkippedAndBeyondAsLost) {
  FrameTranscript run(StreamBegin::kServerPreface);
  const std::string data(100, 'd');
  begun(run).data(padded_data(1, data, 5, kFin).substr(0, 9));
  EXPECT_EQ(run.reader.skippable_bytes(), 0U) << "the pad length has not come";
  run.data(padded_data(1, data, 5, kFin).substr(9, 1 + 30));
  EXPECT_EQ(run.reader.skippable_bytes(), 70U);
  EXPECT_EQ(run.skip(60), GapOutcome::kInsideFrame);
  EXPECT_EQ(run.reader.skippable_bytes(), 10U);
  EXPECT_EQ(run.skip(10), GapOutcome::kInsideFrame);
  EXPECT_EQ(run.reader.skippable_bytes(), 0U);
  run.data(std::string(5, '\0') + ping());
  EXPECT_EQ(run.text(), "data 1 <" + data.substr(70) + "> skipped 70 fin +15\nother 6 0\n");

  run.told.clear();
  run.data(data_frame(1, data).substr(0, 9));
  EXPECT_EQ(run.skip(101), GapOutcome::kPositionLost);
  EXPECT_EQ(run.text(), "data 1 <> skipped 100 +9\n");
}

RecordedStream server_stream() {
  RecordedStream stream;
  stream.settings({{3, 128}, {5, 16'384}});
  stream.other(window_update(0, 65'535));
  stream.block(1, "\x88\x5f\x04text");
  stream.data(1, "alpha beta gamma");
  stream.block(1,
               "\x40\x03"
               "abc\x05"
               "12345\x40\x01z\x02yx",
               {.padding = 6, .promised = 2, .cuts = {4, 4, 11}});
  stream.data(1, "delta", false, 12);
  stream.data(2, "0123456789abcdefghijklmnopqrstuvwxyz", true, 0);
  stream.other(ping());
  stream.reset(2, 8);
  stream.block(3, "\x82\x86\x84\x41\x03www", {.padding = 3, .priority = true, .fin = true});
  stream.other(frame(0xb, 3, 9, "grease"));
  stream.data(1, "", true);
  stream.goaway(3, 0, "bye");
  return stream;
}

// Whether [from, to) lies inside of one payload.
bool is_inside(const RecordedStream& stream, std::size_t from, std::size_t to) {
  std::vector<std::size_t> headers;
  for (const TrueFrame& one : stream.frames) headers.insert(headers.end(), one.headers.begin(), one.headers.end());
  headers.push_back(stream.bytes.size());
  for (std::size_t i = 0; i + 1 < headers.size(); ++i) {
    if (from >= headers[i] + 9 && to <= headers[i + 1]) return true;
  }
  return false;
}

TEST(FrameGap, AtEveryPlaceOfEveryLengthWhatIsToldIsTrue) {
  const RecordedStream stream = server_stream();
  const std::string_view bytes = stream.bytes;
  for (std::size_t from = 0; from < bytes.size(); ++from) {
    for (std::size_t to = from + 1; to <= bytes.size(); ++to) {
      FrameTranscript run(StreamBegin::kServerPreface);
      run.data(bytes.substr(0, from));
      const bool inside = is_inside(stream, from, to);
      ASSERT_EQ(run.gap(to - from) == GapOutcome::kInsideFrame, inside) << from << ' ' << to;
      run.data(bytes.substr(to));
      ASSERT_EQ(run.outcome, ReadOutcome::kReading) << from << ' ' << to << '\n' << run.text();
      ASSERT_EQ(first_untrue(run.told, stream), "") << from << ' ' << to << '\n' << run.text();
      if (!inside) continue;
      std::vector<std::string> whole;
      for (const TrueFrame& one : stream.frames) {
        if (one.end <= from || one.begin >= to) whole.push_back(one.told.text());
      }
      for (const Told& one : run.told) {
        if (!whole.empty() && one.text() == whole.front()) whole.erase(whole.begin());
      }
      ASSERT_TRUE(whole.empty()) << from << ' ' << to << ": not told: " << whole.front() << '\n' << run.text();
    }
  }
}

}  // namespace
}  // namespace podwire::http2
