// Programs attached by tcx links (Linux 6.6 and newer): they go with this object, and with the process.
#pragma once

#include <mutex>
#include <vector>

#include "kernel/file_descriptor.h"
#include "kernel/interface_programs.h"

namespace podwire::kernel {

class TcxAttachment final : public InterfacePrograms {
 public:
  void add(const Interface& interface, const ProgramInstance& programs) override;
  [[nodiscard]] std::vector<Interface> alive() const override;
  void remove() noexcept override;

 private:
  struct Attached {
    Interface interface;
    FileDescriptor ingress;
    FileDescriptor egress;  // not valid on a loopback
  };
  mutable std::mutex mutex_;
  std::vector<Attached> attached_;
};

// What BPF_LINK_CREATE answers: a descriptor, or a negated errno. `attach_type` as in kTcxIngress and kTcxEgress.
[[nodiscard]] int create_tcx_link(int program_fd, std::uint32_t interface_index, std::uint32_t attach_type);

// BPF_TCX_INGRESS and BPF_TCX_EGRESS, which headers before Linux 6.6 do not name.
inline constexpr std::uint32_t kTcxIngress = 46;
inline constexpr std::uint32_t kTcxEgress = 47;

}  // namespace podwire::kernel
