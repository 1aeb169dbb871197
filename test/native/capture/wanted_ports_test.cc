#include "capture/wanted_ports.h"

#include <gtest/gtest.h>

#include "bpf/capture_record.h"

namespace podwire::capture {
namespace {

using Ports = std::vector<std::uint16_t>;

tap::Peer peer(std::uint16_t port) {
  tap::Peer peer;
  peer.port = port;
  return peer;
}

Ports wanted(const std::vector<tap::TapSpec>& specs, bool translated = false) {
  std::vector<const tap::TapSpec*> pointers;
  for (const tap::TapSpec& spec : specs) pointers.push_back(&spec);
  return wanted_ports(pointers, translated);
}

TEST(WantedPorts, UnionOfWhatEveryTapRestricts) {
  tap::TapSpec by_port;
  by_port.ports = {8080, 80};
  tap::TapSpec by_peer;
  by_peer.to = {peer(443), peer(80)};
  tap::TapSpec by_source;
  by_source.from = {peer(9000)};
  EXPECT_EQ(wanted({by_port, by_peer, by_source}), (Ports{80, 443, 8080, 9000}));
}

// `--to deploy/backend:8080` asks for the port behind a Service whose port 80 is the one that passes.
TEST(WantedPorts, OfADestinationDoNotRestrictWhatIsTranslatedBehindTheInterface) {
  tap::TapSpec by_destination;
  by_destination.to = {peer(8080)};
  EXPECT_EQ(wanted({by_destination}, true), Ports{});
  EXPECT_EQ(wanted({by_destination}, false), Ports{8080});
  tap::TapSpec by_source = by_destination;
  by_source.from = {peer(9000)};
  EXPECT_EQ(wanted({by_source}, true), Ports{9000});
  tap::TapSpec by_port = by_destination;
  by_port.ports = {80};
  EXPECT_EQ(wanted({by_port}, true), Ports{80});
}

TEST(WantedPorts, AllWhenOneTapRestrictsNone) {
  tap::TapSpec by_port;
  by_port.ports = {80};
  tap::TapSpec some_peers;
  some_peers.to = {peer(80), peer(0)};
  EXPECT_EQ(wanted({by_port, tap::TapSpec()}), Ports{});
  EXPECT_EQ(wanted({by_port, some_peers}), Ports{});
  EXPECT_EQ(wanted({}), Ports{});
}

TEST(WantedPorts, AllWhenThereAreMoreThanTheKernelHolds) {
  tap::TapSpec spec;
  for (std::uint16_t port = 1; port <= CAPTURE_PORTS_MAX; ++port) spec.ports.push_back(port);
  EXPECT_EQ(wanted({spec}).size(), static_cast<std::size_t>(CAPTURE_PORTS_MAX));
  spec.ports.push_back(1000);
  EXPECT_EQ(wanted({spec}), Ports{});
}

}  // namespace
}  // namespace podwire::capture
