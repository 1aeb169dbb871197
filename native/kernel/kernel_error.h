// Sentences for what the kernel refuses.
#pragma once

#include <string>
#include <string_view>

#include "kernel/kernel_capture.h"

namespace podwire::kernel {

// `action` as in "could not <action>"; `error` is an errno value; `detail` is further text, such as a verifier's last
// lines, or empty. `capabilities` names what the action needs.
[[nodiscard]] KernelError kernel_error(std::string_view action, int error, std::string_view capabilities,
                                       std::string_view detail = {});

inline constexpr std::string_view kLoadCapabilities = "CAP_BPF and CAP_NET_ADMIN";
inline constexpr std::string_view kAttachCapabilities = "CAP_NET_ADMIN";
inline constexpr std::string_view kNamespaceCapabilities = "CAP_SYS_ADMIN";

}  // namespace podwire::kernel
