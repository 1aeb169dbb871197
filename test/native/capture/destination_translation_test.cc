// Who is asked, and how often, with the kernel's own connection tracking.
#include "capture/destination_translation.h"

#include <gtest/gtest.h>

#include "service_network.h"

namespace podwire::capture {
namespace {

using podwire::test::endpoint;
using podwire::test::kBackendPort;
using podwire::test::kIpv4;
using podwire::test::kServicePort;
using podwire::test::ServiceConnection;
using podwire::test::ServiceNetwork;

constexpr std::uint32_t kAttachment = 3;

std::shared_ptr<const TranslatedDestinations> services() {
  TranslatedDestinations destinations;
  destinations.networks.add(endpoint("198.19.0.0", 0).address, 16);
  destinations.networks.seal();
  return std::make_shared<const TranslatedDestinations>(destinations);
}

class DestinationTranslationTest : public testing::Test {
 protected:
  // Within the node's namespace, at a time.
  std::optional<tcp::Endpoint> backend(const ClientFlow& flow, std::uint64_t now = 0, bool may_ask = true) {
    std::optional<tcp::Endpoint> found;
    network_.node.inside([&] { found = translation_.backend(flow, now, may_ask); });
    return found;
  }
  [[nodiscard]] ClientFlow flow_of(const ServiceConnection& connection) const {
    return {kAttachment, connection.source(), service_};
  }

  ServiceNetwork network_;
  tcp::Endpoint service_ = endpoint(kIpv4.service, kServicePort);
  tcp::Endpoint pod_ = endpoint(kIpv4.backend, kBackendPort);
  std::shared_ptr<TranslationCounters> counters_ = std::make_shared<TranslationCounters>();
  DestinationTranslation translation_{{services(), counters_, 5}};
};

TEST_F(DestinationTranslationTest, AsksOnceForEachConnection) {
  const ServiceConnection connection(network_, kIpv4);
  for (int time = 0; time < 3; ++time) EXPECT_EQ(backend(flow_of(connection)), pod_);
  EXPECT_EQ(counters_->questions, 1U);
  EXPECT_EQ(counters_->translated, 1U);
}

TEST_F(DestinationTranslationTest, AsksAnewForTheNextConnectionOfTheSameEnds) {
  const ServiceConnection connection(network_, kIpv4);
  EXPECT_EQ(backend(flow_of(connection)), pod_);
  EXPECT_EQ(backend(flow_of(connection), 0, false), pod_);  // what is known needs no question
  translation_.forget(flow_of(connection));
  EXPECT_EQ(backend(flow_of(connection), 0, false), std::nullopt);
  EXPECT_EQ(backend(flow_of(connection)), pod_);
  EXPECT_EQ(counters_->questions, 2U);
}

TEST_F(DestinationTranslationTest, DoesNotAskForWhatIsNotTranslated) {
  const ServiceConnection connection(network_, kIpv4, pod_);
  EXPECT_EQ(backend({kAttachment, connection.source(), pod_}), std::nullopt);
  EXPECT_EQ(counters_->questions, 0U);
  translation_.set_destinations(nullptr);
  EXPECT_EQ(backend(flow_of(connection)), std::nullopt);
  EXPECT_EQ(counters_->questions, 0U);
}

TEST_F(DestinationTranslationTest, AsksForEveryDestinationWhereAnyMayBeTranslated) {
  auto any = std::make_shared<TranslatedDestinations>();
  any->all = true;
  translation_.set_destinations(any);
  const ServiceConnection straight(network_, kIpv4, pod_);
  EXPECT_EQ(backend({kAttachment, straight.source(), pod_}), std::nullopt);
  EXPECT_EQ(backend({kAttachment, straight.source(), pod_}), std::nullopt);
  EXPECT_EQ(counters_->questions, 1U);
  EXPECT_EQ(counters_->translated, 0U);
}

TEST_F(DestinationTranslationTest, GivesUpAfterSomeQuestionsWithTimeBetween) {
  const ClientFlow unknown{kAttachment, endpoint(kIpv4.client, 40'000), service_};
  std::uint64_t now = 0;
  EXPECT_EQ(backend(unknown, now), std::nullopt);
  EXPECT_EQ(backend(unknown, now + kTrackingRetryNs - 1), std::nullopt);
  EXPECT_EQ(counters_->questions, 1U);
  for (int time = 0; time < 10; ++time) EXPECT_EQ(backend(unknown, now += kTrackingRetryNs), std::nullopt);
  EXPECT_EQ(counters_->questions, kMaxTrackingQuestions);
  EXPECT_EQ(counters_->not_tracked, 1U);
  EXPECT_EQ(counters_->failed, 0U);
}

TEST_F(DestinationTranslationTest, FindsAConnectionThatWasNotThereAtFirst) {
  const tcp::Endpoint client = endpoint(kIpv4.client, 40'001);
  EXPECT_EQ(backend({kAttachment, client, service_}), std::nullopt);
  const ServiceConnection connection(network_, kIpv4, service_, client.port);
  EXPECT_EQ(backend({kAttachment, client, service_}, kTrackingRetryNs), pod_);
}

TEST_F(DestinationTranslationTest, KeepsABoundedNumberOfConnections) {
  const ServiceConnection connection(network_, kIpv4);
  ASSERT_EQ(backend(flow_of(connection)), pod_);
  tcp::Endpoint client = endpoint("198.18.3.1", 0);
  const auto fill = [&](std::size_t count) {
    for (std::size_t at = 0; at < count; ++at) {
      if (++client.port == 0) ++client.address.bytes[3];
      (void)translation_.backend({kAttachment, client, service_}, 0, false);
    }
  };
  // As long as it is asked for it stays, however many others come.
  for (int time = 0; time < 4; ++time) {
    fill(kMaxTranslatedFlows / 2 - 1);
    EXPECT_EQ(backend(flow_of(connection), 0, false), pod_);
  }
  fill(kMaxTranslatedFlows + 1);
  EXPECT_EQ(backend(flow_of(connection), 0, false), std::nullopt);
}

TEST_F(DestinationTranslationTest, ForgetsADetachedPod) {
  const ServiceConnection connection(network_, kIpv4);
  ASSERT_EQ(backend(flow_of(connection)), pod_);
  translation_.close_attachment(kAttachment + 1);
  EXPECT_EQ(backend(flow_of(connection), 0, false), pod_);
  translation_.close_attachment(kAttachment);
  EXPECT_EQ(backend(flow_of(connection), 0, false), std::nullopt);
}

}  // namespace
}  // namespace podwire::capture
