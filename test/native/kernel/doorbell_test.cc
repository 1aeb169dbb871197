// Which record rings the bell of a consumer that sleeps: bpf/capture_record.h, capture_doorbell_state.
#include <gtest/gtest.h>

#include <atomic>

#include "bpf/capture_record.h"
#include "frame.h"
#include "kernel/program_instance.h"
#include "kernel/shared_maps.h"
#include "kernel/tcx_attachment.h"
#include "netns.h"

namespace podwire::test {
namespace {

constexpr std::uint32_t kEthernetHeaderBytes = 14;
constexpr std::uint32_t kRingBytes = 1U << 20U;

class DoorbellTest : public testing::Test {
 protected:
  DoorbellTest() : maps_({.ring_bytes = kRingBytes}), programs_(maps_, {1, kEthernetHeaderBytes, false}, -1) {
    maps_.await_rings();
    for (const NetworkNamespace* side : {&pair_.server, &pair_.client}) side->ip("link set eth0 mtu 65535");
    pair_.client.inside([&] { attachment_.add({.name = "eth0", .index = ::if_nametoindex("eth0")}, programs_); });
  }

  // Whether a record of so much payload rings the bell that stands at `state`.
  bool rings(std::uint32_t state, std::size_t payload_bytes) {
    std::atomic_ref<std::uint32_t> bell(maps_.doorbell(0).state);
    bell.store(state);
    // The egress program has run when `send` returns.
    send_frame(pair_.client, ethernet(0x0800) + ipv4(tcp_segment(std::string(payload_bytes, 'x'))));
    return bell.load() == CAPTURE_DOORBELL_OFF;
  }
  // Of a ring of this size, an eighth.
  static constexpr std::uint64_t kMuchBytes = kRingBytes / 8;
  std::uint64_t waiting_bytes() { return maps_.ring(0).producer_position() - maps_.ring(0).consumer_position(); }

 private:
  NamespacePair pair_;
  kernel::SharedMaps maps_;
  kernel::ProgramInstance programs_;
  kernel::TcxAttachment attachment_;
};

TEST_F(DoorbellTest, AnyRecordWakesAnIdleConsumer) { EXPECT_TRUE(rings(CAPTURE_DOORBELL_AT_ONCE, 1)); }

TEST_F(DoorbellTest, ALargeSegmentWakesOneThatWatchesForBodies) {
  EXPECT_FALSE(rings(CAPTURE_DOORBELL_WHEN_LARGE, CAPTURE_WAKEUP_SEGMENT_BYTES - 1));
  EXPECT_TRUE(rings(CAPTURE_DOORBELL_WHEN_LARGE, CAPTURE_WAKEUP_SEGMENT_BYTES));
  EXPECT_FALSE(rings(CAPTURE_DOORBELL_WHEN_FULL, CAPTURE_WAKEUP_SEGMENT_BYTES));
}

TEST_F(DoorbellTest, MuchThatWaitsWakesEitherWay) {
  constexpr std::size_t kSmall = CAPTURE_WAKEUP_SEGMENT_BYTES / 2;
  for (const std::uint32_t state : {CAPTURE_DOORBELL_WHEN_FULL, CAPTURE_DOORBELL_WHEN_LARGE}) {
    while (waiting_bytes() + 2 * kSmall < kMuchBytes) ASSERT_FALSE(rings(state, kSmall)) << state;
    EXPECT_TRUE(rings(state, 2 * kSmall - 1)) << state;
  }
}

TEST_F(DoorbellTest, OneThatIsAwakeIsLeftAlone) {
  while (waiting_bytes() < kMuchBytes) ASSERT_TRUE(rings(CAPTURE_DOORBELL_OFF, CAPTURE_WAKEUP_SEGMENT_BYTES));
  const std::uint64_t before = waiting_bytes();
  ASSERT_TRUE(rings(CAPTURE_DOORBELL_OFF, 1));
  // A wake-up would put an empty record behind this one: a header of 8 bytes, and 8 of it.
  EXPECT_EQ(waiting_bytes() - before, 8 + (sizeof(capture_record) + 1 + 7) / 8 * 8);
}

}  // namespace
}  // namespace podwire::test
