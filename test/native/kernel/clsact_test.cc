// clsact beside others who use it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "collected_segments.h"
#include "frame.h"
#include "kernel/kernel_capture.h"
#include "netns.h"

namespace podwire::test {
namespace {

using kernel::KernelCapture;
using kernel::NamespaceSource;

kernel::KernelCaptureOptions clsact() {
  kernel::KernelCaptureOptions options;
  options.mode = kernel::AttachMode::kClsact;
  return options;
}

NamespaceSource path_of(const NetworkNamespace& ns) { return {NamespaceSource::Kind::kPath, ns.path()}; }

// A filter of somebody else: classic BPF that matches nothing, so that the next one is asked.
class ForeignFilter {
 public:
  ForeignFilter() {
    std::ofstream(path_) << "1,6 0 0 0\n";  // one instruction: return 0
  }
  ~ForeignFilter() { std::filesystem::remove(path_); }
  void add(const NetworkNamespace& ns, const std::string& where) const {
    ns.tc("filter add dev eth0 " + where + " bpf bytecode-file " + path_.string() + " flowid 1:1");
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("podwire-foreign-filter-" + std::to_string(::getpid()));
};

TEST(Clsact, LeavesAnothersQdiscAndFiltersAlone) {
  NamespacePair pair;
  const NetworkNamespace& ns = pair.server;
  const ForeignFilter foreign;
  ns.tc("qdisc add dev eth0 clsact");
  // On ingress beside ours, on egress in the way of the priority that ours would take.
  foreign.add(ns, "ingress prio 1 protocol all");
  foreign.add(ns, "egress prio 1 protocol ip");
  const std::string ingress = ns.tc("filter show dev eth0 ingress");
  const std::string egress = ns.tc("filter show dev eth0 egress");
  ASSERT_NE(ingress.find("handle 0x1 "), std::string::npos) << ingress;

  KernelCapture capture(clsact());
  const std::uint32_t id = capture.attach(path_of(ns));
  EXPECT_NE(ns.tc("filter show dev eth0 ingress").find("podwire:"), std::string::npos);
  EXPECT_NE(ns.tc("filter show dev eth0 egress").find("podwire:"), std::string::npos);
  CollectedSegments segments;
  TcpConnection connection(pair.client, pair.server, "198.18.0.2", 8080);
  TcpConnection::transfer(connection.client(), connection.server(), "in");
  TcpConnection::transfer(connection.server(), connection.client(), "out");
  EXPECT_TRUE(read_until(capture, segments, [&] { return segments.has_payload("in") && segments.has_payload("out"); }));
  capture.detach(id);

  EXPECT_EQ(ns.tc("filter show dev eth0 ingress"), ingress);
  EXPECT_EQ(ns.tc("filter show dev eth0 egress"), egress);
  EXPECT_NE(ns.tc("qdisc show dev eth0").find("clsact"), std::string::npos);
  EXPECT_EQ(ns.tc("qdisc show dev lo").find("clsact"), std::string::npos);
}

TEST(Clsact, KeepsItsQdiscWhileAnotherUsesIt) {
  NamespacePair pair;
  const NetworkNamespace& ns = pair.server;
  const ForeignFilter foreign;
  KernelCapture capture(clsact());
  const std::uint32_t id = capture.attach(path_of(ns));
  foreign.add(ns, "egress prio 10 protocol all");
  capture.detach(id);
  EXPECT_NE(ns.tc("filter show dev eth0 egress").find("pref 10"), std::string::npos);
  EXPECT_EQ(ns.tc("filter show dev eth0 egress").find("podwire:"), std::string::npos);
}

// Whichever of two captures goes last takes the qdisc with it.
TEST(Clsact, TheLastCaptureDeletesTheQdisc) {
  NamespacePair pair;
  const NetworkNamespace& ns = pair.server;
  KernelCapture first(clsact());
  KernelCapture second(clsact());
  const std::uint32_t of_first = first.attach(path_of(ns));
  const std::uint32_t of_second = second.attach(path_of(ns));
  first.detach(of_first);
  EXPECT_TRUE(second.state(of_second).alive);
  second.detach(of_second);
  EXPECT_EQ(ns.tc("qdisc show").find("clsact"), std::string::npos);
}

TEST(Clsact, KnowsWhenAnotherRemovedItsFilters) {
  NamespacePair pair;
  KernelCapture capture(clsact());
  const std::uint32_t id = capture.attach(path_of(pair.server));
  pair.server.tc("qdisc del dev eth0 clsact");
  pair.server.tc("qdisc del dev lo clsact");
  EXPECT_FALSE(capture.state(id).alive);
  capture.detach(id);
}

TEST(Clsact, SaysWhatAnIngressQdiscPrevents) {
  NamespacePair pair;
  pair.server.tc("qdisc add dev eth0 ingress");
  KernelCapture capture(clsact());
  try {
    (void)capture.attach(path_of(pair.server));
    FAIL() << "attached beside an ingress qdisc";
  } catch (const kernel::KernelError& error) {
    EXPECT_NE(std::string(error.what()).find("eth0 has an `ingress` qdisc"), std::string::npos) << error.what();
  }
  EXPECT_EQ(pair.server.tc("qdisc show").find("clsact"), std::string::npos);  // lo's went again
}

}  // namespace
}  // namespace podwire::test
