// Requests of a tapped pod to a Service: who answered is told, by address and port, on real interfaces.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <set>

#include "capture/batch_queue.h"
#include "capture/live_capture.h"
#include "service_network.h"

namespace podwire::capture {
namespace {

using podwire::test::endpoint;
using podwire::test::kBackendPort;
using podwire::test::kIpv4;
using podwire::test::kIpv6;
using podwire::test::kServicePort;
using podwire::test::ServiceAddresses;
using podwire::test::ServiceConnection;
using podwire::test::ServiceNetwork;
using podwire::test::TcpConnection;

constexpr std::chrono::seconds kPatience{30};

struct SeenEnd {
  std::string ip;
  std::uint64_t port = 0;
  std::optional<std::pair<std::string, std::uint64_t>> via;
};

std::string octets(const tcp::Endpoint& end) {
  const auto bytes = end.address.octets();
  return {bytes.begin(), bytes.end()};
}

// Endpoint of proto/podwire.proto; Via has the same numbers for address and port.
SeenEnd read_end(protozero::pbf_reader message) {
  SeenEnd end;
  while (message.next()) {
    switch (message.tag()) {
      case 1:
        end.ip = message.get_string();
        break;
      case 2:
        end.port = message.get_uint32();
        break;
      case 3: {
        const SeenEnd asked = read_end(message.get_message());
        end.via = {asked.ip, asked.port};
        break;
      }
      default:
        message.skip();
    }
  }
  return end;
}

struct SeenBatches {
  std::vector<SeenEnd> destinations;
  std::set<std::string> addresses;
};

void read_batch(const Batch& batch, SeenBatches& seen) {
  protozero::pbf_reader message(batch.bytes);
  while (message.next()) {
    if (message.tag() == 7) {
      seen.addresses.insert(message.get_string());
    } else if (message.tag() == 6) {
      protozero::pbf_reader exchange = message.get_message();
      while (exchange.next()) {
        if (exchange.tag() == 6) {
          seen.destinations.push_back(read_end(exchange.get_message()));
        } else {
          exchange.skip();
        }
      }
    } else {
      message.skip();
    }
  }
}

// Field `to` of a TapSpec: one Peer with one Network of a single address, and a port.
std::string spec_to(const tcp::Endpoint& peer) {
  std::string spec;
  protozero::pbf_writer writer(spec);
  protozero::pbf_writer to(writer, 1);
  {
    protozero::pbf_writer network(to, 1);
    network.add_bytes(1, octets(peer));
    network.add_uint32(2, static_cast<std::uint32_t>(octets(peer).size() * 8));
  }
  to.add_uint32(2, peer.port);
  to.commit();
  return spec;
}

class ServiceCaptureTest : public testing::TestWithParam<ServiceAddresses> {
 protected:
  ServiceCaptureTest() : queue_(1000, BatchQueue::WhenFull::kRefuse, [this] { ring(); }) {
    const LiveCaptureEvents events{.failed = [](const std::string& sentence) { ADD_FAILURE() << sentence; },
                                   .closed = [] {}};
    capture_ = std::make_unique<LiveCapture>(kernel::KernelCaptureOptions{.ring_bytes = 1U << 20U}, queue_, events);
  }

  // The threads of the capture begin in the node's network, as the agent runs there.
  std::uint32_t attach(const podwire::test::NetworkNamespace& pod) {
    std::uint32_t id = 0;
    network_.node.inside([&] { id = capture_->attach({kernel::NamespaceSource::Kind::kPath, pod.path()}); });
    return id;
  }

  void tap(std::uint32_t attachment_id, const std::vector<std::string>& specs) {
    std::vector<TapDefinition> taps;
    for (std::size_t at = 0; at < specs.size(); ++at) {
      const std::string name = std::to_string(at);
      taps.push_back({.subject_key = name,
                      .tap = name,
                      .pod = {.pod_namespace = "n", .name = "p", .node = "h"},
                      .spec = specs[at]});
    }
    capture_->set_taps(attachment_id, taps);
  }

  void translate() {
    TranslatedDestinations destinations;
    destinations.networks.add(endpoint("198.19.0.0", 0).address, 16);
    destinations.networks.add(endpoint("2001:2:0:10::", 0).address, 64);
    destinations.networks.seal();
    capture_->set_translated(destinations);
  }

  static void request(const ServiceConnection& connection) {
    const std::string asked = "GET / HTTP/1.1\r\nHost: backend\r\n\r\n";
    const std::string answered = "HTTP/1.1 204 No Content\r\n\r\n";
    ASSERT_EQ(TcpConnection::transfer(connection.client(), connection.server(), asked), asked);
    ASSERT_EQ(TcpConnection::transfer(connection.server(), connection.client(), answered), answered);
  }

  // What came of a tap, once so many exchanges did.
  SeenBatches wait_for(const std::string& tap, std::size_t exchanges) {
    SeenBatches seen;
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, kPatience, [&] {
      for (Batch& batch : queue_.take()) taken_.push_back(std::move(batch));
      seen = {};
      for (const Batch& batch : taken_) {
        if (batch.subject_key == tap) read_batch(batch, seen);
      }
      return seen.destinations.size() >= exchanges;
    });
    EXPECT_TRUE(came) << tap;
    return seen;
  }

  [[nodiscard]] static tcp::Endpoint service() { return endpoint(GetParam().service, kServicePort); }
  [[nodiscard]] static tcp::Endpoint pod() { return endpoint(GetParam().backend, kBackendPort); }

  ServiceNetwork network_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Batch> taken_;  // under mutex_
  BatchQueue queue_;
  std::unique_ptr<LiveCapture> capture_;

 private:
  void ring() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, ServiceCaptureTest, testing::Values(kIpv4, kIpv6), [](const auto& parameter) {
  return parameter.param.client == kIpv4.client ? std::string("Ipv4") : std::string("Ipv6");
});

TEST_P(ServiceCaptureTest, TellsTheBackendAndWhatWasAskedFor) {
  translate();
  tap(attach(network_.client), {""});
  const ServiceConnection connection(network_, GetParam());
  for (int time = 0; time < 3; ++time) request(connection);
  const SeenBatches seen = wait_for("0", 3);
  for (const SeenEnd& destination : seen.destinations) {
    EXPECT_EQ(destination.ip, octets(pod()));
    EXPECT_EQ(destination.port, kBackendPort);
    ASSERT_TRUE(destination.via);
    EXPECT_EQ(destination.via->first, octets(service()));
    EXPECT_EQ(destination.via->second, kServicePort);
  }
  EXPECT_EQ(seen.addresses, (std::set{octets(connection.source()), octets(pod()), octets(service())}));
  EXPECT_EQ(capture_->translation_counters().questions, 1U);
  EXPECT_EQ(capture_->translation_counters().translated, 1U);
}

TEST_P(ServiceCaptureTest, FindsWhatEitherAddressAndPortIsAskedFor) {
  translate();
  tcp::Endpoint other = pod();
  other.address.bytes[3] ^= 7;
  tap(attach(network_.client), {spec_to(service()), spec_to(pod()), spec_to(other)});
  const ServiceConnection connection(network_, GetParam());
  request(connection);
  EXPECT_EQ(wait_for("0", 1).destinations[0].ip, octets(pod()));
  EXPECT_EQ(wait_for("1", 1).destinations[0].ip, octets(pod()));
  EXPECT_TRUE(wait_for("2", 0).destinations.empty());
}

// The kernel compares ports, and it sees that of the Service alone: it must not leave these out.
TEST_P(ServiceCaptureTest, FindsTheBackendsPortWhenNoOtherTapLooks) {
  translate();
  tap(attach(network_.client), {spec_to(pod())});
  const ServiceConnection connection(network_, GetParam());
  request(connection);
  EXPECT_EQ(wait_for("0", 1).destinations[0].port, kBackendPort);
}

TEST_P(ServiceCaptureTest, FindsItWhenTranslationBecomesKnownDuringTheTap) {
  tap(attach(network_.client), {spec_to(pod()), ""});
  const ServiceConnection connection(network_, GetParam());
  request(connection);
  EXPECT_EQ(wait_for("1", 1).destinations[0].ip, octets(service()));
  translate();
  request(connection);
  EXPECT_EQ(wait_for("0", 1).destinations[0].ip, octets(pod()));
  EXPECT_EQ(wait_for("1", 2).destinations[1].ip, octets(pod()));
}

// There the backend's own address is what passes.
TEST_P(ServiceCaptureTest, LeavesTheServersSideAsItIs) {
  translate();
  tap(attach(network_.backend), {""});
  const ServiceConnection connection(network_, GetParam());
  request(connection);
  const SeenBatches seen = wait_for("0", 1);
  EXPECT_EQ(seen.destinations[0].ip, octets(pod()));
  EXPECT_FALSE(seen.destinations[0].via);
  EXPECT_EQ(capture_->translation_counters().questions, 0U);
}

TEST_P(ServiceCaptureTest, ShowsWhatTheTrackingDoesNotKnowAsItWasSeen) {
  translate();
  // From here the capture's threads ask in a network that the connection does not pass.
  const std::uint32_t id = capture_->attach({kernel::NamespaceSource::Kind::kPath, network_.client.path()});
  tap(id, {""});
  const ServiceConnection connection(network_, GetParam());
  request(connection);
  const SeenBatches seen = wait_for("0", 1);
  EXPECT_EQ(seen.destinations[0].ip, octets(service()));
  EXPECT_EQ(seen.destinations[0].port, kServicePort);
  EXPECT_FALSE(seen.destinations[0].via);
  EXPECT_EQ(capture_->translation_counters().translated, 0U);
}

}  // namespace
}  // namespace podwire::capture
