// Connection tracking and address translation of the kernel itself, in a namespace between two others.
#include "kernel/connection_tracking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include "service_network.h"

namespace podwire::test {
namespace {

using kernel::ConnectionTracking;
using kernel::TrackingAnswer;
using kernel::TrackingOutcome;

TrackingAnswer ask_in(const NetworkNamespace& ns, const tcp::Endpoint& client, const tcp::Endpoint& server) {
  TrackingAnswer answer;
  ns.inside([&] { answer = ConnectionTracking().find(client, server); });
  return answer;
}

class ConnectionTrackingTest : public testing::TestWithParam<ServiceAddresses> {
 protected:
  [[nodiscard]] static tcp::Endpoint service() { return endpoint(GetParam().service, kServicePort); }
  [[nodiscard]] static tcp::Endpoint backend() { return endpoint(GetParam().backend, kBackendPort); }

  ServiceNetwork network_;
};
INSTANTIATE_TEST_SUITE_P(Versions, ConnectionTrackingTest, testing::Values(kIpv4, kIpv6), [](const auto& parameter) {
  return parameter.param.client == kIpv4.client ? std::string("Ipv4") : std::string("Ipv6");
});

TEST_P(ConnectionTrackingTest, TellsWhoAnswersForAService) {
  const ServiceConnection connection(network_, GetParam());
  const TrackingAnswer answer = ask_in(network_.node, connection.source(), service());
  ASSERT_EQ(answer.outcome, TrackingOutcome::kTracked) << answer.error;
  EXPECT_EQ(answer.server, backend());
}

TEST_P(ConnectionTrackingTest, TellsTheServerItselfWhereNothingIsTranslated) {
  const ServiceConnection connection(network_, GetParam(), backend());
  const TrackingAnswer answer = ask_in(network_.node, connection.source(), backend());
  ASSERT_EQ(answer.outcome, TrackingOutcome::kTracked) << answer.error;
  EXPECT_EQ(answer.server, backend());
}

// As for a pod that asks a Service which it answers itself, and for node ports: the source is the node's then.
TEST_P(ConnectionTrackingTest, TellsTheBackendWhereTheSourceIsTranslatedToo) {
  const std::string tables = GetParam().client == kIpv4.client ? "iptables" : "ip6tables";
  network_.in_node(tables + " -t nat -A POSTROUTING -p tcp -d " + GetParam().backend + " -j MASQUERADE");
  const ServiceConnection connection(network_, GetParam());
  const TrackingAnswer answer = ask_in(network_.node, connection.source(), service());
  ASSERT_EQ(answer.outcome, TrackingOutcome::kTracked) << answer.error;
  EXPECT_EQ(answer.server, backend());
}

// The backend sees its own address and the client's; from there the way back begins, which nobody chose.
TEST_P(ConnectionTrackingTest, TellsNothingOfTheWayBack) {
  const ServiceConnection connection(network_, GetParam());
  const TrackingAnswer answer = ask_in(network_.node, backend(), connection.source());
  ASSERT_EQ(answer.outcome, TrackingOutcome::kTracked) << answer.error;
  EXPECT_EQ(answer.server, connection.source());
  EXPECT_EQ(ask_in(network_.node, connection.source(), backend()).outcome, TrackingOutcome::kNotTracked);
}

TEST_P(ConnectionTrackingTest, DoesNotKnowWhatNeverWas) {
  tcp::Endpoint client = endpoint(GetParam().client, 40000);
  EXPECT_EQ(ask_in(network_.node, client, service()).outcome, TrackingOutcome::kNotTracked);
}

TEST_P(ConnectionTrackingTest, AsksTheNamespaceOfTheFirstQuestion) {
  const ServiceConnection connection(network_, GetParam());
  ConnectionTracking tracking;
  network_.node.inside([&] { (void)tracking.find(connection.source(), service()); });
  EXPECT_EQ(tracking.find(connection.source(), service()).server, backend());
  EXPECT_EQ(ask_in(network_.client, connection.source(), service()).outcome, TrackingOutcome::kNotTracked);
}

// Of the calling thread alone.
void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  ASSERT_EQ(::syscall(SYS_capset, &header, none.data()), 0);
}

TEST(ConnectionTrackingLimitation, IsASentenceWithoutTheCapability) {
  const NetworkNamespace ns;
  ns.inside([] {
    EXPECT_EQ(kernel::connection_tracking_limitation(), "");
    drop_capabilities();
    ConnectionTracking tracking;
    const TrackingAnswer answer = tracking.find(endpoint("198.18.0.1", 1), endpoint("198.18.0.2", 2));
    EXPECT_EQ(answer.outcome, TrackingOutcome::kFailed);
    EXPECT_EQ(answer.error, EPERM);
    EXPECT_EQ(kernel::connection_tracking_limitation(),
              "the node's connection tracking cannot be asked without CAP_NET_ADMIN: requests to a Service are shown "
              "with its address, not with the pod that answers");
  });
}

TEST(ConnectionTrackingLimitation, NamesWhatTheKernelLacks) {
  EXPECT_THAT(kernel::connection_tracking_limitation(EOPNOTSUPP), testing::HasSubstr("nf_conntrack_netlink"));
  EXPECT_THAT(kernel::connection_tracking_limitation(ENOBUFS), testing::HasSubstr("No buffer space available"));
}

TEST(ConnectionTracking, RefusesEndsOfDifferentVersions) {
  ConnectionTracking tracking;
  EXPECT_EQ(tracking.find(endpoint("198.18.0.1", 1), endpoint("2001:2::2", 2)).outcome, TrackingOutcome::kFailed);
}

}  // namespace
}  // namespace podwire::test
