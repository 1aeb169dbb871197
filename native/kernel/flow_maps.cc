#include "kernel/flow_maps.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <tuple>

#include "bpf/capture_record.h"
#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

constexpr const char* kWants = "attachment_wants";
constexpr const char* kIgnored = "ignored_flows";
constexpr const char* kSkips = "body_skips";

void copy_address(__u8 (&to)[16], const tcp::Address& from) { std::memcpy(to, from.bytes.data(), sizeof(to)); }

flow_direction_key direction_key(std::uint32_t attachment_id, const tcp::Endpoint& source,
                                 const tcp::Endpoint& destination) {
  flow_direction_key key{};
  key.attachment_id = attachment_id;
  copy_address(key.source_address, source.address);
  copy_address(key.destination_address, destination.address);
  key.source_port = source.port;
  key.destination_port = destination.port;
  return key;
}

flow_key key_of_both(std::uint32_t attachment_id, const tcp::Endpoint& one, const tcp::Endpoint& other) {
  const bool one_is_lower = std::tie(one.address.bytes, one.port) <= std::tie(other.address.bytes, other.port);
  const tcp::Endpoint& lower = one_is_lower ? one : other;
  const tcp::Endpoint& upper = one_is_lower ? other : one;
  flow_key key{};
  key.attachment_id = attachment_id;
  copy_address(key.lower_address, lower.address);
  copy_address(key.upper_address, upper.address);
  key.lower_port = lower.port;
  key.upper_port = upper.port;
  return key;
}

}  // namespace

void write_wants(const SharedMaps& maps, std::uint32_t attachment_id, const Wants& wants) {
  attachment_wants wanted{};
  wanted.bodies = wants.bodies ? 1 : 0;
  if (wants.ports.size() <= CAPTURE_PORTS_MAX) {
    wanted.port_count = static_cast<__u32>(wants.ports.size());
    std::ranges::copy(wants.ports, wanted.ports);
  }
  if (bpf_map_update_elem(maps.fd(kWants), &attachment_id, &wanted, BPF_ANY) != 0) {
    throw kernel_error("choose what is wanted of an attachment", errno, kLoadCapabilities);
  }
}

void erase_wants(const SharedMaps& maps, std::uint32_t attachment_id) {
  bpf_map_delete_elem(maps.fd(kWants), &attachment_id);
}

void write_skip(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& source,
                const tcp::Endpoint& destination, std::uint32_t from_sequence, std::uint32_t until_sequence) {
  const flow_direction_key key = direction_key(attachment_id, source, destination);
  const body_skip skip{from_sequence, until_sequence, 0};
  bpf_map_update_elem(maps.fd(kSkips), &key, &skip, BPF_ANY);
}

void write_ignored(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& one,
                   const tcp::Endpoint& other) {
  const flow_key key = key_of_both(attachment_id, one, other);
  const __u8 present = 1;
  bpf_map_update_elem(maps.fd(kIgnored), &key, &present, BPF_ANY);
}

void erase_flow(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& one,
                const tcp::Endpoint& other) {
  const flow_key both = key_of_both(attachment_id, one, other);
  bpf_map_delete_elem(maps.fd(kIgnored), &both);
  for (const auto& key : {direction_key(attachment_id, one, other), direction_key(attachment_id, other, one)}) {
    bpf_map_delete_elem(maps.fd(kSkips), &key);
  }
}

}  // namespace podwire::kernel
