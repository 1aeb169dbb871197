// The ring and its consumer: what is lost is counted, and who sleeps is woken.
#include <future>
#include <memory>
#include <set>
#include <thread>

#include "attach_mode.h"
#include "collected_segments.h"
#include "frame.h"

namespace podwire::test {
namespace {

using kernel::KernelCapture;
using std::chrono::steady_clock;

class RingTest : public EachAttachMode {};
INSTANTIATE_TEST_SUITE_P(Modes, RingTest, testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact),
                         mode_name);

constexpr std::chrono::seconds kLongTimeout{30};
constexpr std::chrono::seconds kPromptly{5};

std::string segment_with(const std::string& payload) { return ethernet(0x0800) + ipv4(tcp_segment(payload)); }

TEST_P(RingTest, CountsWhatDoesNotFit) {
  NamespacePair pair;
  auto small = options();
  small.ring_bytes = 1U << 20U;
  KernelCapture capture(small);
  CollectedSegments segments;
  const std::uint32_t id = capture.attach(path_of(pair.server));
  {
    TcpConnection connection(pair.client, pair.server, "198.18.0.2", 8080);
    const std::string data(8U << 20U, 'x');
    ASSERT_EQ(TcpConnection::transfer(connection.client(), connection.server(), data).size(), data.size());
  }
  // The last ACK may be under way, but no packet that counts.
  kernel::Counters counters = capture.state(id).counters;
  EXPECT_GT(counters.ring_full, 0U);
  EXPECT_GT(counters.records, 0U);
  EXPECT_EQ(counters.packets, counters.records + counters.ring_full);
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.all.size() >= counters.records; }));
  EXPECT_EQ(segments.all.size(), counters.records);

  // There is room again.
  send_frame(pair.client, segment_with("after"));
  EXPECT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("after"); }));
}

// An idle consumer sleeps for long, and the first record wakes it.
TEST_P(RingTest, WakesAnIdleConsumer) {
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  (void)capture.attach(path_of(pair.client));
  for (int round = 0; round < 20; ++round) {
    while (capture.read(0, segments, std::chrono::milliseconds(3)) > 0) {
    }
    for (int quiet = 0; quiet < 8; ++quiet) capture.read(0, segments, std::chrono::milliseconds(1));
    std::promise<void> reading;
    auto reader = std::async(std::launch::async, [&] {
      reading.set_value();
      std::size_t records = 0;
      const auto deadline = steady_clock::now() + kLongTimeout;
      while (records == 0 && steady_clock::now() < deadline) records = capture.read(0, segments, kLongTimeout);
      return records;
    });
    reading.get_future().wait();
    // Now and then before the reader sleeps, now and then after.
    std::this_thread::sleep_for(std::chrono::microseconds(round * 200));
    const auto before = steady_clock::now();
    send_frame(pair.client, segment_with("wake up " + std::to_string(round)));
    ASSERT_EQ(reader.get(), 1U);
    EXPECT_LT(steady_clock::now() - before, kPromptly);
  }
}

// Threads that read a ring each until they are told to finish, and then what is left.
class RingReaders {
 public:
  RingReaders(KernelCapture& capture, unsigned rings) : capture_(capture), segments(rings) {
    for (unsigned ring = 0; ring < rings; ++ring) {
      threads_.emplace_back([this, ring] {
        while (!done_) capture_.read(ring, segments[ring], std::chrono::milliseconds(100));
        while (capture_.read(ring, segments[ring], std::chrono::milliseconds(0)) > 0) {
        }
      });
    }
  }
  ~RingReaders() { finish(); }
  void finish() {
    done_ = true;
    capture_.wake();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  KernelCapture& capture_;
  std::atomic<bool> done_{false};
  std::vector<std::thread> threads_;

 public:
  std::vector<CollectedSegments> segments;  // one per ring
};

// Nothing is lost or seen twice while reading and writing race.
TEST_P(RingTest, HandsOverEachRecordOnceWhileTheyCome) {
  constexpr std::size_t kSegments = 10'000;
  NamespacePair pair;
  auto several = options();
  several.rings = 2;
  KernelCapture capture(several);
  const std::uint32_t id = capture.attach(path_of(pair.client));
  RingReaders readers(capture, several.rings);
  std::set<std::uint16_t> client_ports;
  {
    std::vector<std::unique_ptr<TcpConnection>> connections;
    for (int i = 0; i < 8; ++i) {
      connections.push_back(std::make_unique<TcpConnection>(
          pair.client, pair.server, i % 2 == 0 ? "198.18.0.2" : "2001:2::2", static_cast<std::uint16_t>(8080 + i)));
      client_ports.insert(connections.back()->client_port());
    }
    std::array<char, 64> buffer{};
    for (std::size_t i = 0; i < kSegments; ++i) {
      TcpConnection& connection = *connections[i % connections.size()];
      const std::string text = std::to_string(i);
      ASSERT_EQ(::send(connection.client(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
      ASSERT_EQ(::recv(connection.server(), buffer.data(), text.size(), MSG_WAITALL),
                static_cast<ssize_t>(text.size()));
    }
  }
  // SYN and FIN each way of eight connections; each text is a segment of its own, since it was waited for.
  const auto expected = kSegments + 8 * 4;
  EXPECT_TRUE(eventually([&] { return capture.state(id).counters.records >= expected; }));
  readers.finish();
  EXPECT_EQ(capture.state(id).counters.records, expected);

  std::set<std::string> texts;
  std::set<std::uint16_t> ports_before;
  std::size_t records = 0;
  for (const CollectedSegments& ring : readers.segments) {
    std::set<std::uint16_t> ports;
    for (const auto& segment : ring.all) {
      if (!segment.payload.empty()) {
        EXPECT_TRUE(texts.insert(segment.payload).second) << segment.payload;
      }
      for (const std::uint16_t port : {segment.header.source.port, segment.header.destination.port}) {
        if (client_ports.contains(port)) ports.insert(port);
      }
    }
    records += ring.all.size();
    // Both directions of a flow are in one ring.
    for (const std::uint16_t port : ports) EXPECT_TRUE(ports_before.insert(port).second) << port;
  }
  EXPECT_EQ(texts.size(), kSegments);
  EXPECT_EQ(records, expected);
}

TEST_P(RingTest, ReturnsWhenWoken) {
  NetworkNamespace ns;
  KernelCapture capture(options());
  CollectedSegments segments;
  for (const bool attached : {false, true}) {
    if (attached) (void)capture.attach(path_of(ns));
    capture.read(0, segments, std::chrono::milliseconds(1));
    std::atomic<bool> returned{false};
    const auto before = steady_clock::now();
    auto reader = std::async(std::launch::async, [&] {
      const std::size_t records = capture.read(0, segments, kLongTimeout);
      returned = true;
      return records;
    });
    capture.wake();
    EXPECT_EQ(reader.get(), 0U);
    EXPECT_TRUE(returned);
    EXPECT_LT(steady_clock::now() - before, kPromptly);
  }
}

// What waited in the ring at the last detach is handed over with its id.
TEST_P(RingTest, HandsOverWhatWaitedAtTheLastDetach) {
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  const std::uint32_t id = capture.attach(path_of(pair.client));
  capture.read(0, segments, std::chrono::milliseconds(1));
  send_frame(pair.client, segment_with("late"));
  capture.detach(id);
  ASSERT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("late"); }));
  EXPECT_EQ(segments.all[0].header.attachment_id, id);
}

TEST_P(RingTest, DetachesWhileAThreadReads) {
  constexpr int kRounds = 5;
  NamespacePair pair;
  KernelCapture capture(options());
  RingReaders readers(capture, 1);
  for (int round = 0; round < kRounds; ++round) {
    const std::uint32_t id = capture.attach(path_of(pair.client));
    send_frame(pair.client, segment_with("round " + std::to_string(round)));
    capture.detach(id);
  }
  readers.finish();
  for (int round = 0; round < kRounds; ++round) {
    EXPECT_LE(readers.segments[0].count(
                  [&](const auto& segment) { return segment.payload == "round " + std::to_string(round); }),
              1U);
  }
}

}  // namespace
}  // namespace podwire::test
