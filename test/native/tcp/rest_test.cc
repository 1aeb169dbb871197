// Which sinks are told to rest, when, and what is counted of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "conversation.h"
#include "tcp/flow_pool.h"

namespace podwire::tcp {
namespace {

// Names each rest by the connection's number: 1 for the first.
class Sleepers final : public ConnectionSinkFactory {
 public:
  std::unique_ptr<ConnectionSink> connection(const ConnectionInfo& info, ConnectionControl& /*control*/) override {
    return std::make_unique<Sink>(*this, info.flow_id);
  }
  [[nodiscard]] std::size_t sink_bytes() const override { return 500; }
  [[nodiscard]] std::size_t resting_sink_bytes() const override { return 100; }

  std::vector<std::uint64_t> rests;
  std::uint64_t sleepless = 0;  // this one cannot

 private:
  class Sink final : public ConnectionSink {
   public:
    Sink(Sleepers& sleepers, std::uint64_t id) : sleepers_(sleepers), id_(id) {}
    void data(Side, std::span<const std::uint8_t>, std::uint64_t, std::optional<std::uint32_t>) override {}
    void gap(Side, std::uint64_t, GapCause, std::uint64_t) override {}
    void skipped(Side, std::uint64_t, std::uint64_t) override {}
    void end(Side, StreamEnd, std::uint64_t) override {}
    void close(CloseCause, std::uint64_t) override {}
    bool rest() override {
      sleepers_.rests.push_back(id_);
      return id_ != sleepers_.sleepless;
    }

   private:
    Sleepers& sleepers_;
    std::uint64_t id_;
  };
};

class RestTest : public ::testing::Test {
 protected:
  RestTest() { limits.rest_ns = kSecond; }

  FlowLimits limits;
  Sleepers sleepers;
  RecordedSource source;
  std::uint64_t now_ns = 10 * kSecond;

  FlowTable& table() {
    if (!table_) table_.emplace(limits, sleepers, source);
    return *table_;
  }
  // A byte of the connection of this number, after `since_ns`.
  void speak(std::uint16_t number, std::uint64_t after_ns, std::uint64_t offset = 0, const Extra& extra = {.ack = 0}) {
    Conversation talk(table());
    talk.client_port = number;
    talk.now_ns = now_ns + after_ns - kMs;  // which send() adds
    now_ns += after_ns;
    talk.send(kClient, offset, "x", extra);
  }
  void pass(std::uint64_t ns) { table().advance(now_ns += ns); }
  std::vector<std::uint64_t> told() { return std::exchange(sleepers.rests, {}); }
  using Numbers = std::vector<std::uint64_t>;

 private:
  std::optional<FlowTable> table_;
};

TEST_F(RestTest, EachIsToldOnceAfterItsSilence) {
  speak(1, 0);
  speak(2, 100 * kMs);
  pass(899 * kMs);
  EXPECT_EQ(told(), Numbers{});
  pass(1 * kMs);
  EXPECT_EQ(told(), Numbers{1});
  pass(100 * kMs);
  EXPECT_EQ(told(), Numbers{2});
  pass(5 * kSecond);
  EXPECT_EQ(told(), Numbers{});
  EXPECT_EQ(table().stats().resting, 2U);
}

TEST_F(RestTest, SegmentsEndItAndTheNextSilenceBeginsItAnew) {
  for (std::uint16_t number = 1; number <= 3; ++number) speak(number, 0);
  pass(kSecond);
  EXPECT_EQ(told(), (Numbers{1, 2, 3}));
  speak(2, kMs, 1);  // from the middle of the list
  EXPECT_EQ(table().stats().resting, 2U);
  speak(3, kMs, 1);  // from the end of those that rest
  EXPECT_EQ(table().stats().resting, 1U);
  speak(3, kMs, 2);  // the newest of all
  pass(999 * kMs);
  EXPECT_EQ(told(), Numbers{2});
  pass(kMs);
  EXPECT_EQ(told(), Numbers{3});
  EXPECT_EQ(table().stats().resting, 3U);
}

TEST_F(RestTest, TheOnlyFlowIsToldAgain) {
  speak(1, 0);
  pass(kSecond);
  speak(1, kMs, 1);  // the newest, and the last that was told
  EXPECT_EQ(table().stats().resting, 0U);
  pass(kSecond);
  EXPECT_EQ(told(), (Numbers{1, 1}));
}

TEST_F(RestTest, OneThatCannotIsNotCounted) {
  sleepers.sleepless = 1;
  speak(1, 0);
  speak(2, 0);
  pass(kSecond);
  EXPECT_EQ(told(), (Numbers{1, 2}));
  EXPECT_EQ(table().stats().resting, 1U);
}

TEST_F(RestTest, NotWhileBytesWait) {
  limits.reorder_timeout_ns = 60 * kSecond;
  speak(1, 0);
  speak(1, kMs, 5);  // a hole before it
  pass(2 * kSecond);
  EXPECT_EQ(told(), Numbers{});
  EXPECT_EQ(table().stats().resting, 0U);
}

TEST_F(RestTest, NotHalfClosed) {
  speak(1, 0);
  speak(1, kMs, 1, {.fin = true, .ack = 0});
  speak(2, kMs);
  pass(2 * kSecond);
  EXPECT_EQ(told(), Numbers{2});
}

TEST_F(RestTest, ClosedOnesAreNotCounted) {
  for (std::uint16_t number = 1; number <= 4; ++number) speak(number, 0);
  pass(kSecond);
  EXPECT_EQ(table().stats().resting, 4U);
  speak(2, kMs, 1, {.rst = true});
  EXPECT_EQ(table().stats().resting, 3U);
  table().close_attachment(1, now_ns);
  EXPECT_EQ(table().stats().resting, 0U);
  EXPECT_EQ(table().stats().flow_bytes, FlowIndex::memory_bytes(0));
}

// By hand: 400 bytes less for each that rests.
TEST_F(RestTest, TheBytesAreThoseOfTheRest) {
  for (std::uint16_t number = 1; number <= 10; ++number) speak(number, 0);
  const std::uint64_t awake = table().stats().flow_bytes;
  EXPECT_EQ(awake, 10 * (FlowPool::kBytesPerFlow + 500) + FlowIndex::memory_bytes(10));
  pass(kSecond);
  EXPECT_EQ(table().stats().flow_bytes, awake - 10 * 400);
  speak(7, kMs, 1);
  EXPECT_EQ(table().stats().flow_bytes, awake - 9 * 400);
}

// Against a list kept by hand: any order of segments and pauses.
TEST_F(RestTest, InAnyOrder) {
  std::uint32_t random = 1;
  const auto below = [&random](std::uint32_t limit) {
    return (random = random * 1'664'525 + 1'013'904'223) / 65'536 % limit;
  };
  constexpr std::uint16_t kFlows = 9;
  std::vector<std::uint64_t> seen_ns(kFlows + 1, 0);
  std::vector<std::uint64_t> offsets(kFlows + 1, 0);
  std::vector<bool> rests(kFlows + 1, true);
  for (std::uint16_t number = 1; number <= kFlows; ++number) {
    speak(number, 0, offsets[number]++);
    seen_ns[number] = now_ns;
    rests[number] = false;
  }
  for (int step = 0; step < 5'000; ++step) {
    Numbers due;
    if (below(3) == 0) {
      pass(below(700) * kMs);
    } else {
      const auto number = static_cast<std::uint16_t>(1 + below(kFlows));
      speak(number, kMs, offsets[number]++);
      table().advance(now_ns);
      // What was due before the segment was told before it.
      seen_ns[number] = now_ns;
      rests[number] = false;
    }
    Numbers now = told();
    for (std::uint64_t number = 1; number <= kFlows; ++number) {
      if (!rests[number] && now_ns - seen_ns[number] >= kSecond) {
        due.push_back(number);
        rests[number] = true;
      }
    }
    std::ranges::sort(now);
    ASSERT_EQ(now, due) << step;
    ASSERT_EQ(table().stats().resting, static_cast<std::size_t>(std::ranges::count(rests, true)) - 1);
  }
}

}  // namespace
}  // namespace podwire::tcp
