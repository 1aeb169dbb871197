// On real interfaces, and meant for the thread sanitizer too: what goes on between the threads of a capture.
#include "capture/live_capture.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "capture/batch_queue.h"
#include "netns.h"

namespace podwire::capture {
namespace {

using podwire::test::NamespacePair;
using podwire::test::TcpConnection;

constexpr std::chrono::seconds kPatience{30};

class LiveCaptureTest : public ::testing::Test {
 protected:
  LiveCaptureTest() : queue_(1000, BatchQueue::WhenFull::kRefuse, [this] { ring(); }) {}

  LiveCaptureEvents events() {
    return {.failed = [](const std::string& sentence) { ADD_FAILURE() << sentence; },
            .closed =
                [this] {
                  const std::lock_guard lock(mutex_);
                  closed_ = true;
                  changed_.notify_all();
                }};
  }

  static kernel::KernelCaptureOptions options() { return {.ring_bytes = 1U << 20U, .rings = 2}; }

  kernel::NamespaceSource client() const { return {kernel::NamespaceSource::Kind::kPath, pair_.client.path()}; }

  static TapDefinition tap(const std::string& name) {
    return {.subject_key = name, .tap = name, .pod = {.pod_namespace = "n", .name = "p", .node = "h"}, .spec = {}};
  }

  void request() {
    const TcpConnection connection(pair_.client, pair_.server, "198.18.0.2", 8080);
    request(connection, 2);
  }
  static void request(const TcpConnection& connection, std::size_t body_bytes) {
    const std::string asked = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string answered =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, 'b');
    ASSERT_EQ(TcpConnection::transfer(connection.client(), connection.server(), asked), asked);
    ASSERT_EQ(TcpConnection::transfer(connection.server(), connection.client(), answered), answered);
  }

  // Waits until the batches taken so far hold so many exchanges of a subject.
  void wait_for_exchanges(const std::string& subject, std::uint32_t count) {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, kPatience, [&] {
      take();
      std::uint32_t exchanges = 0;
      for (const Batch& batch : taken_) exchanges += batch.subject_key == subject ? batch.exchanges : 0;
      return exchanges >= count;
    });
    EXPECT_TRUE(came) << subject;
  }

  bool wait_for_close() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return closed_; });
  }

  NamespacePair pair_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Batch> taken_;  // under mutex_
  bool closed_ = false;       // under mutex_
  BatchQueue queue_;

 private:
  void ring() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

  void take() {
    for (Batch& batch : queue_.take()) taken_.push_back(std::move(batch));
  }
};

TEST_F(LiveCaptureTest, AttachesAndDetachesAgainAndAgain) {
  LiveCapture capture(options(), queue_, events());
  for (int round = 0; round < 4; ++round) {
    const std::uint32_t one = capture.attach(client());
    const std::uint32_t other = capture.attach(client());
    const std::string first = "first" + std::to_string(round);
    const std::string second = "second" + std::to_string(round);
    capture.set_taps(one, {tap(first)});
    capture.set_taps(other, {tap(second), tap(second + "b")});
    request();
    for (const std::string& subject : {first, second, second + "b"}) wait_for_exchanges(subject, 1);
    capture.set_taps(other, {tap(second)});
    EXPECT_TRUE(capture.state(one).alive);
    capture.detach(other);
    request();
    wait_for_exchanges(first, 2);
    capture.detach(one);
  }
  capture.close();
  EXPECT_TRUE(wait_for_close());
}

// Faster than a ring's thread takes them: none of them ends a tap of a later one.
TEST_F(LiveCaptureTest, TapsThatAreSetInQuickSuccessionAllRun) {
  LiveCapture capture(options(), queue_, events());
  const std::uint32_t id = capture.attach(client());
  std::vector<TapDefinition> taps;
  for (int count = 0; count < 30; ++count) {
    taps.push_back(tap(std::to_string(count)));
    capture.set_taps(id, taps);
  }
  request();
  for (const TapDefinition& definition : taps) wait_for_exchanges(definition.subject_key, 1);
  capture.close();
  EXPECT_TRUE(wait_for_close());
}

// What the programs know of large segments about is of a processor each: it takes some responses.
TEST_F(LiveCaptureTest, BodiesAreCopiedWhereATapWantsThem) {
  constexpr std::size_t kBody = 200'000;
  LiveCapture capture(options(), queue_, events());
  const std::uint32_t id = capture.attach(client());
  TapDefinition heads = tap("heads");
  TapDefinition bodies = tap("bodies");
  bodies.spec = std::string("\x70\x80\x20", 3);  // TapSpec.body_bytes: 4096
  const TcpConnection connection(pair_.client, pair_.server, "198.18.0.2", 8080);
  const auto copied_of_one = [&](const TapDefinition& definition, std::uint32_t requests) {
    const std::uint64_t before = capture.totals().snapshot().copied_bytes;
    request(connection, kBody);
    wait_for_exchanges(definition.subject_key, requests);
    return capture.totals().snapshot().copied_bytes - before;
  };
  capture.set_taps(id, {heads});
  std::uint32_t requests = 1;
  while (copied_of_one(heads, requests) > kBody / 4) ASSERT_LT(++requests, 100U);
  capture.set_taps(id, {heads, bodies});
  EXPECT_GE(copied_of_one(bodies, 1), 4'096U);
  EXPECT_GE(copied_of_one(bodies, 2), 4'096U);
}

TEST_F(LiveCaptureTest, ClosesWithWhatIsAttached) {
  LiveCapture capture(options(), queue_, events());
  for (int attachment = 0; attachment < 3; ++attachment) {
    capture.set_taps(capture.attach(client()), {tap(std::to_string(attachment))});
  }
  request();
  capture.close();
  EXPECT_TRUE(wait_for_close());
  for (const char* subject : {"0", "1", "2"}) wait_for_exchanges(subject, 1);
}

TEST_F(LiveCaptureTest, ClosesWithoutHavingBegun) {
  LiveCapture capture(options(), queue_, events());
  capture.close();
  EXPECT_TRUE(wait_for_close());
}

TEST_F(LiveCaptureTest, GoesInTheMidstOfIt) {
  for (int round = 0; round < 3; ++round) {
    LiveCapture capture(options(), queue_, events());
    capture.set_taps(capture.attach(client()), {tap("t")});
    request();
  }
}

TEST_F(LiveCaptureTest, AnInvalidSpecChangesNothing) {
  LiveCapture capture(options(), queue_, events());
  const std::uint32_t id = capture.attach(client());
  capture.set_taps(id, {tap("good")});
  TapDefinition bad = tap("bad");
  bad.spec = "\xff\xff";
  EXPECT_THROW(capture.set_taps(id, {bad}), InvalidSpec);
  request();
  wait_for_exchanges("good", 1);
}

}  // namespace
}  // namespace podwire::capture
