// Programs attached as filters of a clsact qdisc, where there is no tcx. They outlive the process, so each says in its
// name whose it is (filter_owner.h), and this object removes exactly what it added.
#pragma once

#include <mutex>
#include <vector>

#include "kernel/filter_owner.h"
#include "kernel/interface_programs.h"
#include "kernel/network_namespace.h"
#include "kernel/traffic_control.h"

namespace podwire::kernel {

class ClsactAttachment final : public InterfacePrograms {
 public:
  explicit ClsactAttachment(std::uint32_t attachment_id);
  ~ClsactAttachment() override;

  // Where `add` was called, to come back; to be told before the object is used elsewhere.
  void added_in(NamespacePlace place);
  void add(const Interface& interface, const ProgramInstance& programs) override;
  [[nodiscard]] std::vector<Interface> alive() const override;
  void remove() noexcept override;

 private:
  struct Attached {
    Interface interface;
    std::string filter_name;
    std::vector<FilterPlace> filters;
  };
  static void remove_from(TrafficControl& control, const Attached& attached);

  mutable std::mutex mutex_;
  FilterName name_;
  NamespacePlace place_;
  std::vector<Attached> attached_;
};

// Deletes the interface's clsact qdisc if no filter is left in it. Another's filter that comes in the same moment
// would go with it; the kernel offers no check and deletion in one.
void delete_clsact_if_empty(TrafficControl& control, std::uint32_t interface_index);

}  // namespace podwire::kernel
