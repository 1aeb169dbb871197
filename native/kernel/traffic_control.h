// clsact qdiscs and BPF filters of the calling thread's network namespace: tc(8), tc-bpf(8).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/route_netlink.h"

namespace podwire::kernel {

enum class Direction : std::uint8_t { kIngress, kEgress };

// Where a filter is, enough to delete it.
struct FilterPlace {
  std::uint32_t interface_index = 0;
  Direction direction = Direction::kIngress;
  std::uint16_t priority = 0;
  std::uint16_t protocol = 0;  // network order
  std::uint32_t handle = 0;
};

struct Filter {
  FilterPlace place;
  std::string name;  // of a BPF filter; else empty
};

enum class QdiscState : std::uint8_t { kCreated, kWasThere };

class TrafficControl {
 public:
  // Makes sure that the interface has a clsact qdisc. Throws KernelError (kNoSuchInterface when it is gone).
  QdiscState ensure_clsact(const std::string& interface_name, std::uint32_t interface_index);
  // Deletes it, whatever it holds.
  void delete_clsact(std::uint32_t interface_index);
  // Indexes of the interfaces that have one.
  [[nodiscard]] std::vector<std::uint32_t> interfaces_with_clsact();

  // Adds before all other filters if it can, and never over one. Throws KernelError.
  FilterPlace add_filter(const std::string& interface_name, std::uint32_t interface_index, Direction direction,
                         int program_fd, const std::string& filter_name);
  // False when it was not there.
  bool delete_filter(const FilterPlace& place);
  // Filters of every kind.
  [[nodiscard]] std::vector<Filter> filters(std::uint32_t interface_index, Direction direction);

 private:
  RouteNetlink netlink_;
};

}  // namespace podwire::kernel
