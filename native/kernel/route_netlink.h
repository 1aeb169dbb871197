// A NETLINK_ROUTE socket of the calling thread's network namespace: rtnetlink(7).
#pragma once

#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "kernel/file_descriptor.h"
#include "kernel/netlink_message.h"

namespace podwire::kernel {

class RouteNetlink {
 public:
  RouteNetlink();  // throws KernelError

  // Sends and waits for the acknowledgment. Returns 0 or an errno value.
  int change(NetlinkRequest request);

  // Sends a dump request; `each` is called with each answer's bytes behind the netlink header. Returns 0 or an errno.
  int dump(NetlinkRequest request, const std::function<void(std::span<const std::byte>)>& each);

 private:
  int exchange(NetlinkRequest& request, const std::function<void(std::span<const std::byte>)>& each);

  FileDescriptor socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace podwire::kernel
