#include "kernel/route_netlink.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;  // the kernel fills at most 32 KiB in one dump message

}  // namespace

RouteNetlink::RouteNetlink() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
  if (!socket_.valid()) throw kernel_error("open a netlink socket", errno, kAttachCapabilities);
}

int RouteNetlink::change(NetlinkRequest request) { return exchange(request, {}); }

int RouteNetlink::dump(NetlinkRequest request, const std::function<void(std::span<const std::byte>)>& each) {
  return exchange(request, each);
}

int RouteNetlink::exchange(NetlinkRequest& request, const std::function<void(std::span<const std::byte>)>& each) {
  const std::span<const std::byte> message = request.message(++sequence_);
  if (::send(socket_.get(), message.data(), message.size(), 0) < 0) return errno;

  std::vector<std::byte> buffer(kReceiveBytes);
  while (true) {
    const ssize_t received = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (received < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    std::span<const std::byte> rest(buffer.data(), static_cast<std::size_t>(received));
    while (rest.size() >= sizeof(nlmsghdr)) {
      nlmsghdr header{};
      std::memcpy(&header, rest.data(), sizeof(header));
      if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > rest.size()) return EBADMSG;
      const std::span<const std::byte> body = rest.subspan(NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN);
      rest = rest.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), rest.size()));
      if (header.nlmsg_seq != sequence_) continue;
      if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_type == NLMSG_DONE) {
        std::int32_t negated = 0;
        if (body.size() >= sizeof(negated)) std::memcpy(&negated, body.data(), sizeof(negated));
        return -negated;
      }
      if (each) each(body);
    }
  }
}

}  // namespace podwire::kernel
