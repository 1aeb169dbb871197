// Addresses of a namespace's interfaces.
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "kernel/interface_list.h"
#include "kernel/kernel_capture.h"
#include "kernel/kernel_error.h"
#include "kernel/network_namespace.h"

namespace podwire::kernel {
namespace {

bool is_link_local(const in_addr& address) { return (ntohl(address.s_addr) >> 16) == 0xa9fe; }  // RFC 3927

std::optional<tcp::Address> address_of(const sockaddr* socket_address) {
  tcp::Address address;
  if (socket_address == nullptr) return std::nullopt;
  if (socket_address->sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, socket_address, sizeof(ipv4));
    if (is_link_local(ipv4.sin_addr)) return std::nullopt;
    address.version = 4;
    std::memcpy(address.bytes.data(), &ipv4.sin_addr, sizeof(ipv4.sin_addr));
    return address;
  }
  if (socket_address->sa_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, socket_address, sizeof(ipv6));
    if (IN6_IS_ADDR_LINKLOCAL(&ipv6.sin6_addr)) return std::nullopt;
    address.version = 6;
    std::memcpy(address.bytes.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
    return address;
  }
  return std::nullopt;
}

std::vector<tcp::Address> addresses_here() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) throw kernel_error("list the addresses", errno, kAttachCapabilities);
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::vector<tcp::Address> found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if ((entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    const auto address = address_of(entry->ifa_addr);
    if (address && std::ranges::find(found, *address) == found.end()) found.push_back(*address);
  }
  return found;
}

}  // namespace

std::vector<tcp::Address> addresses(const NamespaceSource& source) {
  std::vector<tcp::Address> found;
  visit_namespace(source, [&](const NamespaceId&) {
    if (source.kind == NamespaceSource::Kind::kInterface) (void)link_named(list_links(), source.value);
    found = addresses_here();
  });
  return found;
}

}  // namespace podwire::kernel
