#include "kernel/interface_list.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>

#include <algorithm>
#include <optional>

#include "kernel/kernel_error.h"
#include "kernel/route_netlink.h"

namespace podwire::kernel {
namespace {

constexpr std::size_t kNamesShown = 8;

std::optional<Link> parse_link(std::span<const std::byte> answer) {
  ifinfomsg message{};
  std::span<const std::byte> attributes;
  if (!read_fixed(answer, message, attributes)) return std::nullopt;

  Link link;
  link.interface.index = static_cast<std::uint32_t>(message.ifi_index);
  link.hardware_type = message.ifi_type;
  link.loopback = (message.ifi_flags & IFF_LOOPBACK) != 0;
  std::uint32_t lower = 0;
  bool lower_elsewhere = false;
  bool vlan = false;
  for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
    if (attribute.type == IFLA_IFNAME) link.interface.name = attribute.text();
    if (attribute.type == IFLA_LINK) lower = attribute.number();
    if (attribute.type == IFLA_LINK_NETNSID) lower_elsewhere = true;
    if (attribute.type == IFLA_LINKINFO) {
      for_each_attribute(attribute.payload, [&](const NetlinkAttribute& info) {
        if (info.type == IFLA_INFO_KIND) vlan = info.text() == "vlan";
      });
    }
  });
  if (vlan && !lower_elsewhere) link.vlan_of = lower;
  return link;
}

std::string names_of(const std::vector<Link>& links) {
  std::string names;
  for (std::size_t i = 0; i < std::min(links.size(), kNamesShown); ++i) {
    names += (i == 0 ? "" : ", ") + links[i].interface.name;
  }
  if (links.size() > kNamesShown) names += " and " + std::to_string(links.size() - kNamesShown) + " more";
  return names;
}

}  // namespace

bool Link::readable() const {
  switch (hardware_type) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
    case ARPHRD_NONE:
    case ARPHRD_RAWIP:
    case ARPHRD_PPP:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
      return true;
    default:
      return false;
  }
}

std::uint32_t Link::link_header_bytes() const {
  return hardware_type == ARPHRD_ETHER || hardware_type == ARPHRD_LOOPBACK ? ETH_HLEN : 0;
}

std::vector<Link> list_links() {
  RouteNetlink netlink;
  std::vector<Link> links;
  const int error = netlink.dump(NetlinkRequest(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}), [&](auto answer) {
    if (auto link = parse_link(answer)) links.push_back(std::move(*link));
  });
  if (error != 0) throw kernel_error("list the network interfaces", error, kAttachCapabilities);
  return links;
}

std::vector<Link> links_to_tap(const std::vector<Link>& links) {
  const auto tapped = [&](std::uint32_t index) {
    return index != 0 && std::ranges::any_of(links, [&](const Link& other) {
             return other.interface.index == index && other.readable();
           });
  };
  std::vector<Link> chosen;
  std::ranges::copy_if(links, std::back_inserter(chosen),
                       [&](const Link& link) { return link.readable() && !tapped(link.vlan_of); });
  if (chosen.empty()) {
    throw KernelError(
        ErrorCode::kNoInterfaces,
        links.empty()
            ? "the network namespace has no interfaces: it is not set up yet, or is going away"
            : "the network namespace has no interface that carries Ethernet or IP packets; it has " + names_of(links));
  }
  return chosen;
}

Link link_named(const std::vector<Link>& links, const std::string& name) {
  const auto found = std::ranges::find_if(links, [&](const Link& link) { return link.interface.name == name; });
  if (found == links.end()) {
    throw KernelError(ErrorCode::kNoSuchInterface, "no interface " + name + " here; there are " + names_of(links));
  }
  if (!found->readable()) {
    throw KernelError(ErrorCode::kKernel,
                      "the packets of " + name + " cannot be read: it carries neither Ethernet nor IP");
  }
  return *found;
}

}  // namespace podwire::kernel
