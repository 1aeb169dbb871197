#include "capture/pipeline.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <protozero/pbf_reader.hpp>
#include <utility>

#include "capture/batch_queue.h"
#include "packets.h"

namespace podwire::capture::test {
namespace {

constexpr std::uint32_t kAttachment = 7;
constexpr std::uint64_t kMsNs = 1'000'000;

// A source that has nothing to skip and counts what the test says.
class CountingSource final : public tcp::SourceControl, public PacketCounts {
 public:
  void skip(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&, std::uint32_t, std::uint32_t) override {}
  void ignore(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  void forget(std::uint32_t, const tcp::Endpoint&, const tcp::Endpoint&) override {}
  wire::KernelCounts packet_counts(std::uint32_t) override { return counts; }

  wire::KernelCounts counts;
};

// What proto/podwire.proto says of a TapBatch, as far as it is looked at here.
struct ReadBatch {
  std::uint64_t number = 0;
  std::uint32_t exchanges = 0;
  bool last = false;
  std::map<std::uint64_t, std::uint64_t> losses;  // by cause
  std::uint64_t packets = 0;
};

ReadBatch read_batch(const Batch& batch) {
  ReadBatch read;
  protozero::pbf_reader message(batch.bytes);
  while (message.next()) {
    if (message.tag() == 4) {
      read.number = message.get_uint64();
    } else if (message.tag() == 6) {
      ++read.exchanges;
      message.skip();
    } else if (message.tag() == 9) {
      read.last = message.get_bool();
    } else if (message.tag() == 8) {
      protozero::pbf_reader counters = message.get_message();
      while (counters.next()) {
        if (counters.tag() == 8) {
          read.packets = counters.get_uint64();
        } else if (counters.tag() == 6) {
          protozero::pbf_reader loss = counters.get_message();
          std::uint64_t cause = 0;
          while (loss.next()) {
            if (loss.tag() == 1) {
              cause = static_cast<std::uint64_t>(loss.get_enum());
            } else {
              read.losses[cause] = loss.get_uint64();
            }
          }
        } else {
          counters.skip();
        }
      }
    } else {
      message.skip();
    }
  }
  EXPECT_EQ(read.exchanges, batch.exchanges);
  return read;
}

// Takes everything, and notes who was woken for it.
class NotingSink final : public BatchSink {
 public:
  bool push(Batch&& batch) override {
    (batch.can_wait ? waiting : woken) += 1;
    exchanges += batch.exchanges;
    return true;
  }
  void announce() override { ++announced; }

  int waiting = 0;
  int woken = 0;
  int announced = 0;
  std::uint32_t exchanges = 0;
};

class PipelineTest : public ::testing::Test {
 protected:
  explicit PipelineTest(std::size_t queue_batches = 100)
      : queue_(queue_batches, BatchQueue::WhenFull::kRefuse, [] {}) {}

  std::shared_ptr<SharedTap> tap(unsigned threads) {
    return std::make_shared<SharedTap>("subject", std::make_shared<tap::Tap>(tap::TapSpec()),
                                       wire::BatchIdentity{.tap = "t", .pod = {}, .epoch = 1}, source_.counts, threads);
  }

  // A request and its response on a connection of that port, each in one segment.
  static void exchange(Pipeline& pipeline, std::uint16_t port, std::uint64_t now) {
    tcp::Segment request;
    request.seen_monotime_ns = now;
    request.attachment_id = kAttachment;
    request.source.port = port;
    request.source.address.bytes = {198, 18, 0, 1};
    request.destination.port = 80;
    request.destination.address.bytes = {198, 18, 0, 2};
    request.flags.ack = true;
    request.sequence = 1;
    request.acknowledgment = 1;
    const std::string_view asked = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string_view answered = "HTTP/1.1 204 No Content\r\n\r\n";
    set_payload(request, asked);
    pipeline.segment(request);
    tcp::Segment response = request;
    std::swap(response.source, response.destination);
    response.acknowledgment = 1 + static_cast<std::uint32_t>(asked.size());
    set_payload(response, answered);
    pipeline.segment(response);
  }

  // A batch of one exchange was handed over; the last batch has another one.
  void end_a_tap_behind_one_batch(Pipeline& pipeline) {
    pipeline.set_taps(kAttachment, {tap(1)}, 0);
    exchange(pipeline, 1000, kMsNs);
    pipeline.advance(10 * kMsNs);
    exchange(pipeline, 1001, 11 * kMsNs);
    pipeline.close_attachment(kAttachment, 12 * kMsNs);
  }

  static void set_payload(tcp::Segment& segment, std::string_view payload) {
    segment.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
    segment.payload_bytes = static_cast<std::uint32_t>(payload.size());
  }

  std::vector<ReadBatch> batches() {
    std::vector<ReadBatch> read;
    for (const Batch& batch : queue_.take()) read.push_back(read_batch(batch));
    return read;
  }

  CountingSource source_;
  BatchQueue queue_;
};

TEST_F(PipelineTest, HandsOverAtMostEveryFiveMilliseconds) {
  Pipeline pipeline(PipelineOptions(), source_, source_, queue_);
  pipeline.set_taps(kAttachment, {tap(1)}, 100 * kMsNs);
  for (std::uint16_t number = 0; number < 20; ++number) {
    exchange(pipeline, static_cast<std::uint16_t>(1000 + number), (101 + number) * kMsNs);
    pipeline.advance((101 + number) * kMsNs);
  }
  EXPECT_FALSE(pipeline.quiet());
  pipeline.advance(200 * kMsNs);
  EXPECT_TRUE(pipeline.quiet());
  const std::vector<ReadBatch> seen = batches();
  std::uint32_t exchanges = 0;
  for (const ReadBatch& batch : seen) exchanges += batch.exchanges;
  EXPECT_EQ(exchanges, 20U);
  // From 100 to 121 ms there is room for four, and the rest came at the end.
  EXPECT_LE(seen.size(), 5U);
  EXPECT_GE(seen.size(), 2U);
}

TEST_F(PipelineTest, HandsOverManyEveryFifteenMilliseconds) {
  Pipeline pipeline(PipelineOptions(), source_, source_, queue_);
  pipeline.set_taps(kAttachment, {tap(1)}, 100 * kMsNs);
  constexpr std::uint16_t kExchanges = 360;
  for (std::uint16_t number = 0; number < kExchanges; ++number) {
    const std::uint64_t now_monotime_ns = (101 + number / 3U) * kMsNs;
    exchange(pipeline, static_cast<std::uint16_t>(1000 + number), now_monotime_ns);
    pipeline.advance(now_monotime_ns);
  }
  pipeline.advance(300 * kMsNs);
  const std::vector<ReadBatch> seen = batches();
  std::uint32_t exchanges = 0;
  for (const ReadBatch& batch : seen) exchanges += batch.exchanges;
  EXPECT_EQ(exchanges, kExchanges);
  // The first at once, then 120 ms of them.
  EXPECT_GE(seen.size(), 8U);
  EXPECT_LE(seen.size(), 10U);
}

// At 100 a second permits come every 10 ms, after a burst of a tenth of them; each would be a batch.
TEST_F(PipelineTest, HandsOverASampleEveryFiftyMilliseconds) {
  tap::TapSpec spec;
  spec.max_rate = 100;
  const auto sampled =
      std::make_shared<SharedTap>("subject", std::make_shared<tap::Tap>(std::move(spec)),
                                  wire::BatchIdentity{.tap = "t", .pod = {}, .epoch = 1}, source_.counts, 1);
  Pipeline pipeline(PipelineOptions(), source_, source_, queue_);
  pipeline.set_taps(kAttachment, {sampled}, 1000 * kMsNs);
  for (std::uint16_t number = 0; number < 400; ++number) {
    exchange(pipeline, static_cast<std::uint16_t>(1000 + number), (1001 + number) * kMsNs);
    pipeline.advance((1001 + number) * kMsNs);
  }
  pipeline.advance(1500 * kMsNs);
  const std::vector<ReadBatch> seen = batches();
  std::uint32_t exchanges = 0;
  for (const ReadBatch& batch : seen) exchanges += batch.exchanges;
  // The burst, and a permit each 10 ms of 400.
  EXPECT_GE(exchanges, 48U);
  EXPECT_LE(exchanges, 51U);
  // The burst takes at most three, at 5 ms; the rest of the time has room for eight, and one comes at the end.
  EXPECT_GE(seen.size(), 7U);
  EXPECT_LE(seen.size(), 12U);
}

// With many exchanges, whoever takes batches is woken every 15 ms, however many are full by then.
TEST_F(PipelineTest, ABatchWaitsLongerTheMoreExchangesAreInIt) {
  struct Case {
    std::uint16_t exchanges;
    std::uint64_t interval_ms;
  };
  for (const auto& [exchanges, interval_ms] : {Case{9, 5}, Case{10, 15}, Case{59, 15}, Case{60, 45}}) {
    NotingSink sink;
    Pipeline pipeline(PipelineOptions(), source_, source_, sink);
    pipeline.set_taps(kAttachment, {tap(1)}, 100 * kMsNs);
    exchange(pipeline, 1, 110 * kMsNs);
    pipeline.advance(111 * kMsNs);
    ASSERT_EQ(sink.exchanges, 1U);
    for (std::uint16_t number = 0; number < exchanges; ++number) {
      exchange(pipeline, static_cast<std::uint16_t>(1000 + number), 112 * kMsNs);
    }
    pipeline.advance((110 + interval_ms) * kMsNs);
    EXPECT_EQ(sink.exchanges, 1U) << exchanges;
    pipeline.advance((111 + interval_ms) * kMsNs);
    EXPECT_EQ(sink.exchanges, 1U + exchanges);
  }
}

TEST_F(PipelineTest, FullBatchesWaitForTheOthersOfTheirTime) {
  NotingSink sink;
  Pipeline pipeline(PipelineOptions(), source_, source_, sink);
  pipeline.set_taps(kAttachment, {tap(1)}, 100 * kMsNs);
  exchange(pipeline, 1, 110 * kMsNs);
  pipeline.advance(110 * kMsNs + kMsNs);
  ASSERT_EQ(sink.woken, 1);
  constexpr std::uint16_t kExchanges = 2000;
  for (std::uint16_t number = 0; number < kExchanges; ++number) {
    exchange(pipeline, static_cast<std::uint16_t>(1000 + number), 112 * kMsNs + std::uint64_t{number} * 1000);
  }
  EXPECT_GE(sink.waiting, 1);
  pipeline.advance(155 * kMsNs);
  EXPECT_EQ(sink.woken, 1);
  EXPECT_FALSE(pipeline.quiet());
  pipeline.advance(156 * kMsNs);
  EXPECT_EQ(sink.woken + sink.announced, 2);
  EXPECT_EQ(sink.exchanges, 1U + kExchanges);
  EXPECT_TRUE(pipeline.quiet());
}

TEST_F(PipelineTest, AFullBatchIsAnnouncedWhenNothingFollowsIt) {
  NotingSink sink;
  Pipeline pipeline(PipelineOptions(), source_, source_, sink);
  pipeline.set_taps(kAttachment, {tap(1)}, 100 * kMsNs);
  std::uint32_t exchanges = 0;
  for (std::uint16_t port = 1000; sink.waiting == 0; ++port) {
    ASSERT_LT(port, 20'000);
    exchange(pipeline, port, 100 * kMsNs + port);
    ++exchanges;
  }
  EXPECT_EQ(sink.exchanges, exchanges);  // none is left over
  EXPECT_FALSE(pipeline.quiet());
  // Its time began 5 ms before the tap did.
  pipeline.advance(139 * kMsNs);
  EXPECT_EQ(sink.announced, 0);
  pipeline.advance(141 * kMsNs);
  EXPECT_EQ(sink.announced, 1);
  EXPECT_EQ(sink.woken, 0);
  EXPECT_TRUE(pipeline.quiet());
}

TEST_F(PipelineTest, TellsCountersOnceASecondAndThoseOfTheSource) {
  Pipeline pipeline(PipelineOptions(), source_, source_, queue_);
  source_.counts.packets = 5;
  pipeline.set_taps(kAttachment, {tap(1)}, 0);
  source_.counts.packets = 12;
  source_.counts.ring_full = 3;
  for (std::uint64_t now = 0; now <= 1500 * kMsNs; now += 100 * kMsNs) pipeline.advance(now);
  source_.counts.packets = 20;
  for (std::uint64_t now = 1600 * kMsNs; now <= 2500 * kMsNs; now += 100 * kMsNs) pipeline.advance(now);
  const std::vector<ReadBatch> seen = batches();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].packets, 7U);       // since the tap began
  EXPECT_EQ(seen[0].losses.at(1), 3U);  // LOSS_CAUSE_KERNEL_RING_FULL
  EXPECT_EQ(seen[1].packets, 15U);
}

TEST_F(PipelineTest, RepeatsCountersThatDoNotChangeEveryFiveSeconds) {
  Pipeline pipeline(PipelineOptions(), source_, source_, queue_);
  pipeline.set_taps(kAttachment, {tap(1)}, 0);
  std::vector<std::uint64_t> told_ms;
  for (std::uint64_t ms = 0; ms <= 12'000; ms += 100) {
    pipeline.advance(ms * kMsNs);
    for (const ReadBatch& batch : batches()) {
      EXPECT_EQ(batch.number, told_ms.size() + 1);
      told_ms.push_back(ms);
    }
  }
  EXPECT_EQ(told_ms, (std::vector<std::uint64_t>{1000, 6000, 11'000}));
}

TEST_F(PipelineTest, OneBatchWithoutExchangesFollowsTheLastThatHasSome) {
  Pipeline pipeline(PipelineOptions(), source_, source_, queue_);
  pipeline.set_taps(kAttachment, {tap(1)}, 0);
  std::vector<std::uint32_t> exchanges;
  for (std::uint64_t ms = 0; ms <= 6000; ms += 100) {
    if (ms == 2500) exchange(pipeline, 1000, ms * kMsNs);
    pipeline.advance(ms * kMsNs);
    for (const ReadBatch& batch : batches()) exchanges.push_back(batch.exchanges);
  }
  EXPECT_EQ(exchanges, (std::vector<std::uint32_t>{0, 1, 0}));
}

TEST_F(PipelineTest, TheLastBatchComesFromTheLastThread) {
  Pipeline one({.pipelines = 2}, source_, source_, queue_);
  Pipeline other({.pipelines = 2, .tells_packet_counts = false}, source_, source_, queue_);
  const auto shared = tap(2);
  for (Pipeline* pipeline : {&one, &other}) pipeline->set_taps(kAttachment, {shared}, 0);
  exchange(one, 1000, kMsNs);
  exchange(other, 1001, kMsNs);
  other.close_attachment(kAttachment, 2 * kMsNs);
  std::vector<ReadBatch> seen = batches();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].exchanges, 1U);
  EXPECT_FALSE(seen[0].last);
  exchange(one, 1000, 3 * kMsNs);
  one.close_attachment(kAttachment, 4 * kMsNs);
  seen = batches();
  ASSERT_FALSE(seen.empty());
  EXPECT_TRUE(seen.back().last);
  for (std::size_t at = 0; at + 1 < seen.size(); ++at) EXPECT_FALSE(seen[at].last);
  EXPECT_TRUE(one.settled() && other.settled());
}

class FullQueueTest : public PipelineTest {
 protected:
  FullQueueTest() : PipelineTest(1) {}
};

TEST_F(FullQueueTest, HasRoomForTheLastBatchAndWhatIsInIt) {
  Pipeline pipeline(PipelineOptions(), source_, source_, queue_);
  end_a_tap_behind_one_batch(pipeline);
  EXPECT_TRUE(pipeline.settled());
  const std::vector<ReadBatch> seen = batches();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen[1].last);
  EXPECT_EQ(seen[1].exchanges, 1U);
  EXPECT_FALSE(seen[1].losses.contains(12));  // LOSS_CAUSE_BATCH_QUEUE_FULL
}

// Whoever takes from it decides what finds room.
class OneAtATime final : public BatchSink {
 public:
  bool push(Batch&& batch) override {
    if (taken_) return false;
    taken_ = read_batch(batch);
    return true;
  }
  std::optional<ReadBatch> take() { return std::exchange(taken_, std::nullopt); }

 private:
  std::optional<ReadBatch> taken_;
};

TEST_F(PipelineTest, TheLastBatchIsOfferedUntilItIsTakenAndTellsWhatWasLost) {
  OneAtATime sink;
  Pipeline pipeline(PipelineOptions(), source_, source_, sink);
  end_a_tap_behind_one_batch(pipeline);
  EXPECT_FALSE(pipeline.settled());
  pipeline.advance(20 * kMsNs);
  EXPECT_FALSE(pipeline.settled());
  EXPECT_TRUE(sink.take().has_value());
  pipeline.advance(30 * kMsNs);
  EXPECT_TRUE(pipeline.settled());
  const std::optional<ReadBatch> last = sink.take();
  ASSERT_TRUE(last.has_value());
  EXPECT_TRUE(last->last);
  EXPECT_EQ(last->number, 2U);
  EXPECT_EQ(last->exchanges, 0U);
  EXPECT_EQ(last->losses.at(12), 1U);  // LOSS_CAUSE_BATCH_QUEUE_FULL
}

}  // namespace
}  // namespace podwire::capture::test
