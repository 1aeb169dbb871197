// Network namespaces: naming one, entering it, and finding all there are.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "kernel/kernel_capture.h"

namespace podwire::kernel {

// Device and inode of the namespace's file. An inode may be used again once the namespace is gone.
struct NamespaceId {
  dev_t device = 0;
  ino_t inode = 0;

  friend auto operator<=>(const NamespaceId&, const NamespaceId&) = default;
};

struct NamespacePlace {
  NamespaceId id;
  std::string path;  // one that leads to it now
};

// Runs `visit` inside the namespace, on a thread of its own that ends with it; for a source of kind kInterface on
// the calling thread, where it is already. What `visit` throws is thrown here.
// Throws KernelError (kNoSuchNamespace, kPermission).
void visit_namespace(const NamespaceSource& source, const std::function<void(const NamespaceId&)>& visit);

// The same for a namespace that was visited before, wherever a path leads to it now. False: there is none any more.
bool revisit_namespace(const NamespacePlace& place, const std::function<void()>& visit);

// Each once: that of this process, those mounted (as by `ip netns`), and those of all processes.
[[nodiscard]] std::vector<NamespacePlace> every_namespace();

}  // namespace podwire::kernel
