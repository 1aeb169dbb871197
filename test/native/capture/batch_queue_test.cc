#include "capture/batch_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace podwire::capture {
namespace {

Batch batch(std::uint32_t number) { return {"subject", std::to_string(number), number}; }

TEST(BatchQueue, RefusesWhatFindsItFullAndRingsOnce) {
  int rings = 0;
  BatchQueue queue(2, BatchQueue::WhenFull::kRefuse, [&] { ++rings; });
  EXPECT_TRUE(queue.push(batch(1)));
  EXPECT_TRUE(queue.push(batch(2)));
  EXPECT_FALSE(queue.push(batch(3)));
  EXPECT_EQ(rings, 1);
  const std::vector<Batch> taken = queue.take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].exchanges, 1U);
  EXPECT_EQ(taken[1].bytes, "2");
  EXPECT_TRUE(queue.push(batch(4)));
  EXPECT_EQ(rings, 2);
}

TEST(BatchQueue, HasRoomForTheLastOfEachTap) {
  BatchQueue queue(1, BatchQueue::WhenFull::kRefuse, [] {});
  EXPECT_TRUE(queue.push(batch(1)));
  EXPECT_FALSE(queue.push(batch(2)));
  for (const std::uint32_t number : {3U, 4U}) {
    Batch last = batch(number);
    last.last = true;
    EXPECT_TRUE(queue.push(std::move(last)));
  }
  EXPECT_FALSE(queue.push(batch(5)));
  EXPECT_EQ(queue.take().size(), 3U);
  EXPECT_TRUE(queue.push(batch(6)));
}

Batch waiting_batch(std::uint32_t number, std::size_t bytes = 1) {
  return {.subject_key = "subject", .bytes = std::string(bytes, 'b'), .exchanges = number, .can_wait = true};
}

TEST(BatchQueue, RingsForWhatCanWaitWhenItIsAnnouncedAndOnce) {
  int rings = 0;
  BatchQueue queue(8, BatchQueue::WhenFull::kRefuse, [&] { ++rings; });
  queue.announce();
  EXPECT_EQ(rings, 0);
  EXPECT_TRUE(queue.push(waiting_batch(1)));
  EXPECT_EQ(rings, 0);
  queue.announce();
  queue.announce();
  EXPECT_EQ(rings, 1);
  EXPECT_EQ(queue.take().size(), 1U);
  EXPECT_TRUE(queue.push(waiting_batch(2)));
  EXPECT_EQ(rings, 1);
  EXPECT_TRUE(queue.push(batch(3)));
  EXPECT_EQ(rings, 2);
  const std::vector<Batch> taken = queue.take();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].exchanges, 2U);
  EXPECT_EQ(taken[1].exchanges, 3U);
}

TEST(BatchQueue, DoesNotWaitWhenThereIsMuch) {
  int rings = 0;
  BatchQueue queue(3, BatchQueue::WhenFull::kRefuse, [&] { ++rings; });
  EXPECT_TRUE(queue.push(waiting_batch(1)));
  EXPECT_TRUE(queue.push(waiting_batch(2)));
  EXPECT_EQ(rings, 0);
  EXPECT_TRUE(queue.push(waiting_batch(3)));  // it is full now
  EXPECT_EQ(rings, 1);
  EXPECT_FALSE(queue.push(waiting_batch(4)));
  EXPECT_EQ(queue.take().size(), 3U);
  EXPECT_TRUE(queue.push(waiting_batch(5, (1U << 20U) - 1)));
  EXPECT_EQ(rings, 1);
  EXPECT_TRUE(queue.push(waiting_batch(6)));  // a megabyte
  EXPECT_EQ(rings, 2);
}

// Whoever pushes would wait for room that nobody makes.
TEST(BatchQueue, RingsForEveryFirstBatchWherePushingWaitsForRoom) {
  int rings = 0;
  BatchQueue queue(2, BatchQueue::WhenFull::kWait, [&] { ++rings; });
  EXPECT_TRUE(queue.push(waiting_batch(1)));
  EXPECT_EQ(rings, 1);
}

TEST(BatchQueue, WaitsForRoom) {
  BatchQueue queue(1, BatchQueue::WhenFull::kWait, [] {});
  ASSERT_TRUE(queue.push(batch(1)));
  std::future<bool> pushed = std::async(std::launch::async, [&] { return queue.push(batch(2)); });
  std::vector<Batch> all;
  while (all.size() < 2) {
    for (Batch& one : queue.take()) all.push_back(std::move(one));
    std::this_thread::yield();
  }
  EXPECT_TRUE(pushed.get());
  EXPECT_EQ(all[0].exchanges, 1U);
  EXPECT_EQ(all[1].exchanges, 2U);
}

TEST(BatchQueue, ClosedItRefusesAlsoWhoeverWaits) {
  BatchQueue queue(1, BatchQueue::WhenFull::kWait, [] {});
  ASSERT_TRUE(queue.push(batch(1)));
  std::future<bool> pushed = std::async(std::launch::async, [&] { return queue.push(batch(2)); });
  queue.close();
  EXPECT_FALSE(pushed.get());
  EXPECT_FALSE(queue.push(batch(3)));
  EXPECT_EQ(queue.take().size(), 1U);
}

}  // namespace
}  // namespace podwire::capture
