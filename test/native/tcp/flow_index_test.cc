#include "tcp/flow_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "conversation.h"
#include "tcp/flow_key.h"

namespace podwire::tcp {
namespace {

// Few hashes, so that runs of equal and neighbouring ones wrap around the end of the table.
TEST(FlowIndex, AgreesWithAMapUnderRandomUse) {
  std::mt19937 random(1);
  FlowIndex index;
  std::map<FlowSlot, std::uint32_t> oracle;
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<FlowSlot>(random() % 600);
    const auto known = oracle.find(slot);
    if (known == oracle.end()) {
      const auto hash = static_cast<std::uint32_t>(0xfffffff0U + random() % 40);
      index.insert(hash, slot);
      oracle[slot] = hash;
    } else {
      index.erase(known->second, slot);
      oracle.erase(known);
    }
    ASSERT_EQ(index.size(), oracle.size());
    if (step % 50 != 0) continue;
    for (FlowSlot probe = 0; probe < 600; ++probe) {
      const auto expected = oracle.find(probe);
      const std::uint32_t hash = expected == oracle.end() ? 0xfffffff5U : expected->second;
      const FlowSlot found = index.find(hash, [&](FlowSlot candidate) { return candidate == probe; });
      ASSERT_EQ(found, expected == oracle.end() ? kNoSlot : probe);
    }
  }
}

TEST(FlowKey, IsTheSameForBothDirections) {
  Segment there;
  there.attachment_id = 7;
  there.source = endpoint(9, 80);
  there.destination = endpoint(3, 4000);
  Segment back = there;
  std::swap(back.source, back.destination);
  EXPECT_EQ(flow_key(there), flow_key(back));
  EXPECT_EQ(flow_hash(flow_key(there), 5), flow_hash(flow_key(back), 5));
  EXPECT_EQ(flow_key(there).lower.port, 4000);
}

TEST(FlowKey, TellsAttachmentPortAndVersionApart) {
  Segment base;
  base.source = endpoint(1, 1000);
  base.destination = endpoint(2, 80);
  Segment attachment = base;
  attachment.attachment_id = 1;
  Segment port = base;
  port.source.port = 1001;
  Segment version = base;
  version.source.address.version = version.destination.address.version = 6;
  EXPECT_FALSE(flow_key(base) == flow_key(attachment));
  EXPECT_FALSE(flow_key(base) == flow_key(port));
  EXPECT_FALSE(flow_key(base) == flow_key(version));
}

}  // namespace
}  // namespace podwire::tcp
