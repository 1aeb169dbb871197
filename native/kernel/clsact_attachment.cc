#include "kernel/clsact_attachment.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace podwire::kernel {
namespace {

constexpr Direction kDirections[] = {Direction::kIngress, Direction::kEgress};

// A qdisc that a Podwire agent made goes with the last Podwire filter, whichever agent's that is.
bool made_by_podwire(TrafficControl& control, std::uint32_t interface_index) {
  return std::ranges::any_of(kDirections, [&](Direction direction) {
    return std::ranges::any_of(control.filters(interface_index, direction), [](const Filter& filter) {
      const auto name = FilterName::parse(filter.name);
      return name && name->owns_qdisc;
    });
  });
}

bool is_there(TrafficControl& control, const FilterPlace& place, const std::string& name) {
  return std::ranges::any_of(control.filters(place.interface_index, place.direction), [&](const Filter& filter) {
    return filter.place.priority == place.priority && filter.place.handle == place.handle && filter.name == name;
  });
}

}  // namespace

void delete_clsact_if_empty(TrafficControl& control, std::uint32_t interface_index) {
  const bool empty = std::ranges::all_of(
      kDirections, [&](Direction direction) { return control.filters(interface_index, direction).empty(); });
  if (empty) control.delete_clsact(interface_index);
}

ClsactAttachment::ClsactAttachment(std::uint32_t attachment_id) : name_{own_identity(), attachment_id, false} {}

ClsactAttachment::~ClsactAttachment() { remove(); }

void ClsactAttachment::remove() noexcept {
  const std::lock_guard lock(mutex_);
  if (attached_.empty()) return;
  try {
    revisit_namespace(place_, [this] {
      TrafficControl control;
      for (const Attached& attached : attached_) remove_from(control, attached);
    });
  } catch (const std::exception&) {
    // What cannot be removed now is found by its name at a sweep after this process.
  }
  attached_.clear();
}

void ClsactAttachment::added_in(NamespacePlace place) {
  const std::lock_guard lock(mutex_);
  place_ = std::move(place);
}

void ClsactAttachment::add(const Interface& interface, const ProgramInstance& programs) {
  TrafficControl control;
  FilterName name = name_;
  const QdiscState state = control.ensure_clsact(interface.name, interface.index);
  name.owns_qdisc = state == QdiscState::kCreated || made_by_podwire(control, interface.index);

  Attached attached{interface, name.text(), {}};
  try {
    attached.filters.push_back(control.add_filter(interface.name, interface.index, Direction::kIngress,
                                                  programs.ingress_fd(), attached.filter_name));
    if (programs.egress_fd() >= 0) {
      attached.filters.push_back(control.add_filter(interface.name, interface.index, Direction::kEgress,
                                                    programs.egress_fd(), attached.filter_name));
    }
  } catch (...) {
    remove_from(control, attached);
    throw;
  }
  const std::lock_guard lock(mutex_);
  attached_.push_back(std::move(attached));
}

void ClsactAttachment::remove_from(TrafficControl& control, const Attached& attached) {
  for (const FilterPlace& place : attached.filters) {
    if (is_there(control, place, attached.filter_name)) control.delete_filter(place);
  }
  const auto name = FilterName::parse(attached.filter_name);
  if (name && name->owns_qdisc) delete_clsact_if_empty(control, attached.interface.index);
}

std::vector<Interface> ClsactAttachment::alive() const {
  const std::lock_guard lock(mutex_);
  std::vector<Interface> interfaces;
  revisit_namespace(place_, [&] {
    TrafficControl control;
    for (const Attached& attached : attached_) {
      const bool all = std::ranges::all_of(
          attached.filters, [&](const FilterPlace& place) { return is_there(control, place, attached.filter_name); });
      if (all) interfaces.push_back(attached.interface);
    }
  });
  return interfaces;
}

}  // namespace podwire::kernel
