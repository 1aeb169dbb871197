// What a killed agent left attached by clsact: see filter_owner.h.
#include <cstddef>
#include <exception>

#include "kernel/clsact_attachment.h"
#include "kernel/filter_owner.h"
#include "kernel/kernel_capture.h"
#include "kernel/network_namespace.h"
#include "kernel/traffic_control.h"

namespace podwire::kernel {
namespace {

std::size_t sweep_interface(TrafficControl& control, std::uint32_t interface_index) {
  std::size_t removed = 0;
  bool owned_qdisc = false;
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    for (const Filter& filter : control.filters(interface_index, direction)) {
      const auto name = FilterName::parse(filter.name);
      if (!name || !has_ended(name->owner) || !control.delete_filter(filter.place)) continue;
      ++removed;
      owned_qdisc = owned_qdisc || name->owns_qdisc;
    }
  }
  if (owned_qdisc) delete_clsact_if_empty(control, interface_index);
  return removed;
}

}  // namespace

std::size_t sweep_leftovers() {
  std::size_t removed = 0;
  for (const NamespacePlace& place : every_namespace()) {
    try {
      revisit_namespace(place, [&removed] {
        TrafficControl control;
        for (const std::uint32_t index : control.interfaces_with_clsact()) removed += sweep_interface(control, index);
      });
    } catch (const std::exception&) {
      // A namespace that is going away, or that may not be entered, does not keep the others from being swept.
    }
  }
  return removed;
}

}  // namespace podwire::kernel
