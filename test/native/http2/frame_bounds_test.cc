// Bounds: memory, and work for each byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "frame_transcript.h"
#include "frames.h"
#include "http2/frame_search.h"
#include "http2/limits.h"

namespace podwire::http2 {
namespace {

using namespace test;

TEST(FrameBounds, ABlockUpToTheLimitIsWhole) {
  for (const std::size_t size : {kMaxHeaderBlockBytes, kMaxHeaderBlockBytes + 1}) {
    const std::string fragment(size, 'x');
    FrameTranscript run(StreamBegin::kServerPreface);
    run.data(settings());
    run.data(headers(1, std::string_view(fragment).substr(0, 100), 0));
    run.data(continuation(1, std::string_view(fragment).substr(100)));
    run.data(headers(3, "a"));
    const std::string bytes = std::to_string(size + 18);
    const std::string expected =
        size == kMaxHeaderBlockBytes ? "block 1 <" + fragment + "> " + bytes : "block 1 too large " + bytes;
    EXPECT_EQ(run.text(), "settings\n" + expected + "\n" + "block 3 <a> 10\n");
    EXPECT_EQ(run.memory.used(), 0U);
  }
}

TEST(FrameBounds, ALargeFrameIsToldAtItsHeaderAndNotKept) {
  FrameTranscript run(StreamBegin::kServerPreface);
  const std::string whole = headers(1, std::string(kMaxHeaderBlockBytes + 1, 'x'));
  run.data(settings() + whole.substr(0, 9));
  EXPECT_EQ(run.text(), "settings\nblock 1 too large 262154\n");
  for (std::size_t at = 9; at < whole.size(); at += 1'000) {
    run.data(std::string_view(whole).substr(at, 1'000));
    ASSERT_EQ(run.memory.used(), 0U);
  }
  run.data(headers(3, "a"));
  EXPECT_EQ(run.told.back().text(), "block 3 <a> 10");
}

TEST(FrameBounds, AFloodOfEmptyContinuationsKeepsNothing) {
  FrameTranscript run(StreamBegin::kServerPreface);
  run.data(settings() + headers(1, "a", 0));
  const std::size_t held = run.memory.used();
  const std::string empty = continuation(1, "", 0);
  for (int i = 0; i < 100'000; ++i) run.data(empty);
  EXPECT_EQ(run.memory.used(), held);
  EXPECT_EQ(run.told.size(), 1U) << "not told one by one";
  run.data(continuation(1, "b"));
  EXPECT_EQ(run.told.back().text(), "block 1 <ab> 900020");  // 9 + 1 + 100,000 × 9 + 9 + 1
}

TEST(FrameBounds, AFloodOfContinuationsIsToldOnceAndHeldUpToTheLimit) {
  FrameTranscript run(StreamBegin::kServerPreface);
  run.data(settings() + headers(1, "a", 0));
  const std::string piece = continuation(1, std::string(1'000, 'x'), 0);
  for (int i = 0; i < 1'000; ++i) {
    run.data(piece);
    ASSERT_LE(run.memory.used(), 2 * kMaxHeaderBlockBytes + 1'024);
  }
  EXPECT_EQ(run.memory.used(), 0U);
  EXPECT_EQ(std::count_if(run.told.begin(), run.told.end(),
                          [](const Told& one) { return one.kind == Told::Kind::kBlockLost; }),
            1);
}

TEST(FrameBounds, WhenAllReadersHoldTooMuchTheOneThatNeedsMoreFails) {
  FrameTranscript run(StreamBegin::kServerPreface);
  ASSERT_TRUE(run.memory.charge((std::size_t{8} << 20U) - 1'000));
  run.data(settings() + headers(1, std::string(500, 'x'), 0));
  EXPECT_EQ(run.outcome, ReadOutcome::kReading);
  EXPECT_EQ(run.data(continuation(1, std::string(500, 'x'))), ReadOutcome::kMemoryFull);
  EXPECT_EQ(run.memory.used(), (std::size_t{8} << 20U) - 1'000) << "it gave back what it held";
  EXPECT_EQ(run.data(ping()), ReadOutcome::kMemoryFull) << "it stays failed";

  FrameTranscript search(StreamBegin::kUnknown);
  ASSERT_TRUE(search.memory.charge((std::size_t{8} << 20U) - 100));
  EXPECT_EQ(search.data("bytes"), ReadOutcome::kMemoryFull);
}

TEST(FrameBounds, AReaderThatGoesGivesBackWhatItHolds) {
  FrameMemory memory(1 << 20U);
  FrameTranscript events(StreamBegin::kUnknown);
  {
    FrameReader reader(StreamBegin::kServerPreface, memory);
    reader.data(settings() + headers(1, "a", 0), 0, events);
    FrameReader searching(StreamBegin::kUnknown, memory);
    searching.data(std::string(5'000, '\x01'), 0, events);
    EXPECT_GT(memory.used(), 0U);
  }
  EXPECT_EQ(memory.used(), 0U);
}

// Each chain reads a header once for at least nine bytes, and there are kMaxChains at most; memory shows both.
TEST(FrameBounds, BytesMadeToLookLikeFramesOpenNoMoreChainsThanAllowed) {
  std::mt19937 random(9);
  std::string body;
  while (body.size() < 150'000) {
    body += big_endian(random() % 16'384, 3) + big_endian(random() % 2, 2) + big_endian(random() % 99 + 1, 4);
  }
  for (const std::size_t step : {std::size_t{1}, std::size_t{9}, std::size_t{1'448}, std::size_t{65'536}}) {
    FrameTranscript run(StreamBegin::kUnknown);
    const std::size_t size = step == 1 ? 60'000 : body.size();
    for (std::size_t at = 0; at < size; at += step) {
      run.data(std::string_view(body).substr(at, step), at);
      ASSERT_LE(run.memory.used(), kMaxSearchBytes + 2 * kMaxChains * sizeof(FrameChain) + 2 * 65'536) << step;
    }
  }
}

}  // namespace
}  // namespace podwire::http2
