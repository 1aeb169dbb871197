#include "kernel/interface_list.h"

#include <gmock/gmock.h>
#include <linux/if_arp.h>

namespace podwire::kernel {
namespace {

Link link(const std::string& name, std::uint32_t index, std::uint16_t type = ARPHRD_ETHER, std::uint32_t vlan_of = 0) {
  return {{name, index}, type, false, vlan_of};
}

std::vector<std::string> names(const std::vector<Link>& links) {
  std::vector<std::string> found;
  for (const Link& each : links) found.push_back(each.interface.name);
  return found;
}

TEST(InterfaceList, TapsWhatCanBeReadAndEachPacketOnce) {
  const std::vector<Link> links = {link("eth0", 2),
                                   link("eth0.7", 3, ARPHRD_ETHER, 2),
                                   link("ib0", 4, ARPHRD_INFINIBAND),
                                   link("ib0.7", 5, ARPHRD_ETHER, 4),
                                   link("elsewhere.7", 6, ARPHRD_ETHER, 77),
                                   link("wg0", 7, ARPHRD_NONE)};
  EXPECT_THAT(names(links_to_tap(links)), testing::ElementsAre("eth0", "ib0.7", "elsewhere.7", "wg0"));
}

TEST(InterfaceList, KnowsWhereTheIpHeaderBegins) {
  EXPECT_EQ(link("eth0", 2).link_header_bytes(), 14U);
  EXPECT_EQ(link("lo", 1, ARPHRD_LOOPBACK).link_header_bytes(), 14U);
  EXPECT_EQ(link("wg0", 2, ARPHRD_NONE).link_header_bytes(), 0U);
  EXPECT_EQ(link("tunl0", 2, ARPHRD_TUNNEL).link_header_bytes(), 0U);
}

TEST(InterfaceList, SaysWhatThereIs) {
  std::vector<Link> links;
  for (std::uint32_t i = 1; i <= 10; ++i) links.push_back(link("eth" + std::to_string(i), i));
  try {
    (void)link_named(links, "eth11");
    FAIL();
  } catch (const KernelError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNoSuchInterface);
    EXPECT_STREQ(error.what(),
                 "no interface eth11 here; there are eth1, eth2, eth3, eth4, eth5, eth6, eth7, eth8 and 2 more");
  }
  EXPECT_THROW((void)links_to_tap({}), KernelError);
  EXPECT_THROW((void)links_to_tap({link("ib0", 1, ARPHRD_INFINIBAND)}), KernelError);
}

}  // namespace
}  // namespace podwire::kernel
