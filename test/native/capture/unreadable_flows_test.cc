#include "capture/unreadable_flows.h"

#include <gtest/gtest.h>

#include <vector>

namespace podwire::capture {
namespace {

tcp::Endpoint endpoint(std::uint8_t last, std::uint16_t port) {
  tcp::Endpoint endpoint;
  endpoint.address.bytes = {198, 18, 0, last};
  endpoint.port = port;
  return endpoint;
}

struct Told {
  std::vector<std::pair<exchange::LossCause, std::uint16_t>> losses;
  void loss(exchange::LossCause cause, const tcp::Endpoint& server) { losses.emplace_back(cause, server.port); }
};

TEST(UnreadableFlows, AreToldUntilTheyEnd) {
  UnreadableFlows flows;
  flows.add(endpoint(1, 40000), endpoint(2, 443), endpoint(2, 443), exchange::LossCause::kTls);
  flows.add(endpoint(1, 40001), endpoint(2, 5432), endpoint(2, 5432), exchange::LossCause::kNotHttp);
  Told first;
  flows.tell(first);
  EXPECT_EQ(first.losses.size(), 2U);
  // The other way round it is the same flow.
  flows.remove(endpoint(2, 443), endpoint(1, 40000));
  Told second;
  flows.tell(second);
  ASSERT_EQ(second.losses.size(), 1U);
  EXPECT_EQ(second.losses[0], (std::pair<exchange::LossCause, std::uint16_t>{exchange::LossCause::kNotHttp, 5432}));
}

TEST(UnreadableFlows, HoldSoManyAndNoMore) {
  UnreadableFlows flows;
  for (std::size_t flow = 0; flow < kMaxUnreadableFlows + 10; ++flow) {
    flows.add(endpoint(1, static_cast<std::uint16_t>(flow)), endpoint(2, 443), endpoint(2, 443),
              exchange::LossCause::kTls);
  }
  EXPECT_EQ(flows.size(), kMaxUnreadableFlows);
}

}  // namespace
}  // namespace podwire::capture
