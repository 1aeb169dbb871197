// Every frame type, in one piece, byte by byte and split in two at every place.
#include "http2/frame_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "frame_transcript.h"
#include "frames.h"
#include "test/native/http1/guarded_text.h"
#include "test/native/http1/splits.h"

namespace podwire::http2 {
namespace {

using namespace test;

void expect_transcript(StreamBegin begin, const std::string& stream, const std::string& expected) {
  for (const Split& split : splits(stream)) {
    SCOPED_TRACE(split.name);
    FrameTranscript run(begin);
    for (const std::string_view piece : split.pieces) {
      const GuardedText guarded(piece);
      if (run.data(guarded.text()) != ReadOutcome::kReading) break;
    }
    ASSERT_EQ(run.text(), expected);
    ASSERT_EQ(run.empty_pieces, 0);
    ASSERT_EQ(run.memory.used(), 0U);
  }
}

TEST(FrameReader, ClientsDirection) {
  expect_transcript(StreamBegin::kClientPreface,
                    kPreface + settings({{3, 100}, {4, 65'535}}) + window_update(0, 1'000) +
                        headers(1, "get", kWholeBlock | kFin) + headers(3, "post") + data_frame(3, "hello") +
                        data_frame(3, "", kFin) + priority(5) + rst_stream(1, 8) + settings_ack() + ping() +
                        ping(kAcknowledged) + goaway(0, 2, "debug data"),
                    "settings 3=100 4=65535\n"
                    "other 8 0\n"
                    "block 1 fin <get> 12\n"
                    "block 3 <post> 13\n"
                    "data 3 <hello> +9\n"
                    "data 3 <> fin +9\n"
                    "other 2 5\n"
                    "reset 1 8\n"
                    "other 4 0\n"
                    "other 6 0\n"
                    "other 6 0\n"
                    "goaway 0 2\n");
}

TEST(FrameReader, ServersDirection) {
  expect_transcript(StreamBegin::kServerPreface,
                    settings() + push_promise(1, 2, "pushed") + headers(1, "ok") + headers(2, "pushed ok") +
                        data_frame(1, "one") + data_frame(2, "two", kFin) + data_frame(1, " more") +
                        headers(1, "trailers", kWholeBlock | kFin),
                    "settings\n"
                    "block 1 promises 2 <pushed> 19\n"  // 9 + 4 + 6
                    "block 1 <ok> 11\n"
                    "block 2 <pushed ok> 18\n"
                    "data 1 <one> +9\n"
                    "data 2 <two> fin +9\n"
                    "data 1 < more> +9\n"
                    "block 1 fin <trailers> 17\n");
}

TEST(FrameReader, PaddingAndPriorityAreNoPartOfWhatIsTold) {
  const std::string dependency = big_endian(0x8000'0003, 4) + '\x10';
  expect_transcript(StreamBegin::kServerPreface,
                    settings() + headers(1, padded("a", 3), kWholeBlock | kPad) +
                        headers(3, dependency + "bc", kWholeBlock | kWithPriority) +
                        headers(5, padded(dependency + "d", 255), kWholeBlock | kPad | kWithPriority | kFin),
                    "settings\n"
                    "block 1 <a> 14\n"         // 9 + 1 + 1 + 3
                    "block 3 <bc> 16\n"        // 9 + 5 + 2
                    "block 5 fin <d> 271\n");  // 9 + 1 + 5 + 1 + 255
  expect_transcript(StreamBegin::kServerPreface,
                    settings() + frame(0x5, kWholeBlock | kPad, 1, padded(big_endian(4, 4) + "push", 2)) +
                        padded_data(1, "hello", 4) + padded_data(1, "", 0) + padded_data(1, "", 255, kFin) +
                        padded_data(3, "x", 0, kFin),
                    "settings\n"
                    "block 1 promises 4 <push> 20\n"  // 9 + 1 + 4 + 4 + 2
                    "data 1 <hello> +14\n"            // 9 + 1 + 4
                    "data 1 <> +10\n"
                    "data 1 <> fin +265\n"
                    "data 3 <x> fin +10\n");
}

TEST(FrameReader, ContinuationGoesOnWithTheBlock) {
  expect_transcript(StreamBegin::kClientPreface,
                    kPreface + settings() + headers(1, "ab", kFin) + continuation(1, "", 0) + continuation(1, "cd", 0) +
                        continuation(1, "ef") + headers(3, "", 0) + continuation(3, "g") +
                        headers(5, padded("h", 2), kPad) + continuation(5, "") + headers(7, "", kWholeBlock),
                    "settings\n"
                    "block 1 fin <abcdef> 42\n"  // 4 × 9 + 6
                    "block 3 <g> 19\n"
                    "block 5 <h> 22\n"
                    "block 7 <> 9\n");
  expect_transcript(StreamBegin::kServerPreface,
                    settings() + push_promise(1, 2, "ab", 0) + continuation(1, "cd") + headers(1, "e"),
                    "settings\n"
                    "block 1 promises 2 <abcd> 26\n"  // 9 + 4 + 2 + 9 + 2
                    "block 1 <e> 10\n");
}

TEST(FrameReader, ABlockOfOnePieceIsNotCopied) {
  const std::string stream = settings() + headers(1, padded("the fragment", 7), kWholeBlock | kPad);
  FrameTranscript run(StreamBegin::kServerPreface);
  run.data(stream);
  EXPECT_EQ(run.last_fragment.data(), stream.data() + 9 + 9 + 1);
  EXPECT_EQ(run.last_fragment.size(), 12U);
}

TEST(FrameReader, FirstByteIsTheTimeOfTheCallThatBroughtTheFramesFirstByte) {
  const std::string block = headers(1, "abc", 0) + continuation(1, "def");
  FrameTranscript run(StreamBegin::kServerPreface);
  run.data(settings(), 10);
  run.data(block.substr(0, 1), 20);
  run.data(block.substr(1, 8), 30);
  run.data(block.substr(9), 40);
  run.data(headers(3, "x"), 50);
  ASSERT_EQ(run.text(), "settings\nblock 1 <abcdef> 24\nblock 3 <x> 10\n");
  EXPECT_EQ(run.told[1].first_byte_ns, 20U);
  EXPECT_EQ(run.told[2].first_byte_ns, 50U);
}

TEST(FrameReader, ManySettingsAreToldInSeveralButAllOfThem) {
  std::vector<std::pair<unsigned, std::uint32_t>> many;
  std::string expected;
  for (std::uint32_t i = 0; i < 400; ++i) {
    many.emplace_back(0x100 + i, i);
    if (i == 170 || i == 340) expected += "\nsettings";  // 1,024 / 6 at once
    expected += ' ' + std::to_string(0x100 + i) + '=' + std::to_string(i);
  }
  const std::string stream = settings(many) + ping();
  for (const std::size_t step : {stream.size(), std::size_t{1}, std::size_t{7}, std::size_t{1'030}}) {
    FrameTranscript run(StreamBegin::kServerPreface);
    for (std::size_t at = 0; at < stream.size(); at += step) run.data(std::string_view(stream).substr(at, step));
    EXPECT_EQ(run.text(), "settings" + expected + "\nother 6 0\n") << step;
  }
}

TEST(FrameReader, FramesUpToTheLargestPass) {
  const std::string data(kMaxFrameBytes, 'x');
  FrameTranscript run(StreamBegin::kServerPreface);
  run.data(settings() + data_frame(1, data, kFin) + ping());
  ASSERT_EQ(run.told.size(), 3U);
  EXPECT_EQ(run.told[1].bytes.size(), 16'777'215U);
  EXPECT_TRUE(run.told[1].fin);
}

TEST(FrameReader, AnIdleReaderIsSmallAndHoldsNothing) {
  EXPECT_LE(sizeof(FrameReader), 80U);
  FrameTranscript run(StreamBegin::kServerPreface);
  run.data(settings({{1, 2}}).substr(0, 11));
  EXPECT_GT(run.memory.used(), 0U);
  run.data(settings({{1, 2}}).substr(11));
  EXPECT_EQ(run.memory.used(), 0U);
  run.data(headers(1, "abc", 0));
  EXPECT_GT(run.memory.used(), 0U);
  run.data(continuation(1, "d"));
  EXPECT_EQ(run.memory.used(), 0U);
}

}  // namespace
}  // namespace podwire::http2
