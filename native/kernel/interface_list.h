// The interfaces of the calling thread's network namespace, and which of them are to be tapped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/kernel_capture.h"

namespace podwire::kernel {

struct Link {
  Interface interface;
  std::uint16_t hardware_type = 0;  // ARPHRD_*
  bool loopback = false;
  // Index of the interface below a VLAN interface, when it is in the same namespace; 0: none.
  std::uint32_t vlan_of = 0;

  // Whether its packets can be read, and how many bytes come before the IP header.
  [[nodiscard]] bool readable() const;
  [[nodiscard]] std::uint32_t link_header_bytes() const;
};

[[nodiscard]] std::vector<Link> list_links();

// Every readable link. A VLAN interface whose lower one is tapped is left out: the lower one shows its packets too,
// tagged, and each is wanted once. Throws KernelError (kNoInterfaces).
[[nodiscard]] std::vector<Link> links_to_tap(const std::vector<Link>& links);

// The one of that name. Throws KernelError (kNoSuchInterface; kKernel when its packets cannot be read).
[[nodiscard]] Link link_named(const std::vector<Link>& links, const std::string& name);

}  // namespace podwire::kernel
