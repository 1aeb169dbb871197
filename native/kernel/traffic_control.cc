#include "kernel/traffic_control.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>

#include <cerrno>
#include <optional>

#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

// Others' tools replace handle 1 of a priority; ours begin where nobody looks.
constexpr std::uint32_t kFirstHandle = 0x70770001;
constexpr std::uint32_t kHandleAttempts = 1024;
// A priority may be taken by a filter of another kind; then the next one is tried.
constexpr std::uint16_t kLastPriority = 64;
constexpr std::uint16_t kNewFlags = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;

std::uint32_t parent_of(Direction direction) {
  return TC_H_MAKE(TC_H_CLSACT, direction == Direction::kIngress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
}

tcmsg clsact_message(std::uint32_t interface_index) {
  tcmsg message{};
  message.tcm_family = AF_UNSPEC;
  message.tcm_ifindex = static_cast<int>(interface_index);
  message.tcm_parent = TC_H_CLSACT;
  message.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
  return message;
}

tcmsg filter_message(const FilterPlace& place) {
  tcmsg message{};
  message.tcm_family = AF_UNSPEC;
  message.tcm_ifindex = static_cast<int>(place.interface_index);
  message.tcm_parent = parent_of(place.direction);
  message.tcm_handle = place.handle;
  message.tcm_info = TC_H_MAKE(static_cast<std::uint32_t>(place.priority) << 16, place.protocol);
  return message;
}

KernelError gone(const std::string& interface_name) {
  return {ErrorCode::kNoSuchInterface, "the interface " + interface_name + " is gone"};
}

std::optional<Filter> parse_filter(std::span<const std::byte> answer, const FilterPlace& asked) {
  tcmsg message{};
  std::span<const std::byte> attributes;
  // A priority itself is listed with handle 0 before its filters.
  if (!read_fixed(answer, message, attributes) || message.tcm_handle == 0) return std::nullopt;
  Filter filter{asked, {}};
  filter.place.priority = static_cast<std::uint16_t>(TC_H_MAJ(message.tcm_info) >> 16);
  filter.place.protocol = static_cast<std::uint16_t>(TC_H_MIN(message.tcm_info));
  filter.place.handle = message.tcm_handle;
  bool bpf = false;
  for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
    if (attribute.type == TCA_KIND) bpf = attribute.text() == "bpf";
    if (attribute.type != TCA_OPTIONS || !bpf) return;
    for_each_attribute(attribute.payload, [&](const NetlinkAttribute& option) {
      if (option.type == TCA_BPF_NAME) filter.name = option.text();
    });
  });
  return filter;
}

}  // namespace

QdiscState TrafficControl::ensure_clsact(const std::string& interface_name, std::uint32_t interface_index) {
  NetlinkRequest request(RTM_NEWQDISC, kNewFlags, clsact_message(interface_index));
  request.attribute(TCA_KIND, "clsact");
  const int error = netlink_.change(std::move(request));
  if (error == 0) return QdiscState::kCreated;
  if (error == ENODEV) throw gone(interface_name);
  if (error != EEXIST) {
    throw kernel_error("create a clsact qdisc on " + interface_name, error, kAttachCapabilities);
  }
  const std::vector<std::uint32_t> present = interfaces_with_clsact();
  if (std::find(present.begin(), present.end(), interface_index) == present.end()) {
    throw KernelError(ErrorCode::kKernel,
                      interface_name +
                          " has an `ingress` qdisc, beside which no clsact qdisc can be; see `tc qdisc show dev " +
                          interface_name + "`");
  }
  return QdiscState::kWasThere;
}

void TrafficControl::delete_clsact(std::uint32_t interface_index) {
  NetlinkRequest request(RTM_DELQDISC, NLM_F_ACK, clsact_message(interface_index));
  request.attribute(TCA_KIND, "clsact");
  netlink_.change(std::move(request));  // it may be gone, with its interface
}

std::vector<std::uint32_t> TrafficControl::interfaces_with_clsact() {
  std::vector<std::uint32_t> indexes;
  const int error = netlink_.dump(NetlinkRequest(RTM_GETQDISC, NLM_F_DUMP, tcmsg{}), [&](auto answer) {
    tcmsg message{};
    std::span<const std::byte> attributes;
    if (!read_fixed(answer, message, attributes)) return;
    for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
      if (attribute.type == TCA_KIND && attribute.text() == "clsact") {
        indexes.push_back(static_cast<std::uint32_t>(message.tcm_ifindex));
      }
    });
  });
  if (error != 0) throw kernel_error("list the qdiscs", error, kAttachCapabilities);
  return indexes;
}

FilterPlace TrafficControl::add_filter(const std::string& interface_name, std::uint32_t interface_index,
                                       Direction direction, int program_fd, const std::string& filter_name) {
  FilterPlace place{interface_index, direction, 1, htons(ETH_P_ALL), kFirstHandle};
  int error = 0;
  while (true) {
    NetlinkRequest request(RTM_NEWTFILTER, kNewFlags, filter_message(place));
    request.attribute(TCA_KIND, "bpf");
    request.nested(TCA_OPTIONS, [&] {
      request.attribute(TCA_BPF_FD, static_cast<std::uint32_t>(program_fd));
      request.attribute(TCA_BPF_NAME, filter_name);
      request.attribute(TCA_BPF_FLAGS, static_cast<std::uint32_t>(TCA_BPF_FLAG_ACT_DIRECT));
    });
    error = netlink_.change(std::move(request));
    if (error == EEXIST && place.handle < kFirstHandle + kHandleAttempts) {
      ++place.handle;
    } else if (error == EINVAL && place.priority < kLastPriority) {
      ++place.priority;
    } else {
      break;
    }
  }
  if (error == 0) return place;
  if (error == ENODEV) throw gone(interface_name);
  throw kernel_error("add a filter to the clsact qdisc of " + interface_name, error, kAttachCapabilities);
}

bool TrafficControl::delete_filter(const FilterPlace& place) {
  NetlinkRequest request(RTM_DELTFILTER, NLM_F_ACK, filter_message(place));
  request.attribute(TCA_KIND, "bpf");
  return netlink_.change(std::move(request)) == 0;
}

std::vector<Filter> TrafficControl::filters(std::uint32_t interface_index, Direction direction) {
  std::vector<Filter> found;
  const FilterPlace asked{interface_index, direction, 0, 0, 0};
  const int error = netlink_.dump(NetlinkRequest(RTM_GETTFILTER, NLM_F_DUMP, filter_message(asked)), [&](auto answer) {
    if (auto filter = parse_filter(answer, asked)) found.push_back(std::move(*filter));
  });
  // Without the qdisc, or the interface, there are none.
  if (error != 0 && error != EINVAL && error != ENODEV && error != ENOENT) {
    throw kernel_error("list the filters of interface " + std::to_string(interface_index), error, kAttachCapabilities);
  }
  return found;
}

}  // namespace podwire::kernel
