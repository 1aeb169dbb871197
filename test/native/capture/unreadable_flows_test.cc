#include "capture/unreadable_flows.h"

#include <gtest/gtest.h>

#include <string>
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
  std::vector<std::string> names;
  void loss(exchange::LossCause cause, const tcp::Endpoint& server, const exchange::TlsNames& told,
            const std::optional<tcp::Endpoint>&) {
    losses.emplace_back(cause, server.port);
    names.emplace_back(told.server_name);
    names.insert(names.end(), told.protocols.begin(), told.protocols.end());
  }
};

UnreadableConnection connection_to(const tcp::Endpoint& server, exchange::LossCause cause) {
  return {server, cause, {}};
}

TEST(UnreadableFlows, AreToldUntilTheyEnd) {
  UnreadableFlows flows;
  flows.add(endpoint(1, 40000), endpoint(2, 443), connection_to(endpoint(2, 443), exchange::LossCause::kTls));
  flows.add(endpoint(1, 40001), endpoint(2, 5432), connection_to(endpoint(2, 5432), exchange::LossCause::kNotHttp));
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

TEST(UnreadableFlows, KeepTheNamesOfTheirOwn) {
  UnreadableFlows flows;
  {
    const std::string name = "shop.example with more than what is kept in place";
    const std::vector<std::string> protocols = {"h2", "http/1.1", "http/1.0", "dot", "one more than a tap tells"};
    flows.add(endpoint(1, 40000), endpoint(2, 443),
              UnreadableConnection(endpoint(2, 443), exchange::LossCause::kTls, {name, protocols}));
  }
  Told told;
  flows.tell(told);
  EXPECT_EQ(told.names, (std::vector<std::string>{"shop.example with more than what is kept in place", "h2", "http/1.1",
                                                  "http/1.0", "dot"}));
}

TEST(UnreadableFlows, HoldSoManyAndNoMore) {
  UnreadableFlows flows;
  for (std::size_t flow = 0; flow < kMaxUnreadableFlows + 10; ++flow) {
    flows.add(endpoint(1, static_cast<std::uint16_t>(flow)), endpoint(2, 443),
              connection_to(endpoint(2, 443), exchange::LossCause::kTls));
  }
  EXPECT_EQ(flows.size(), kMaxUnreadableFlows);
}

}  // namespace
}  // namespace podwire::capture
