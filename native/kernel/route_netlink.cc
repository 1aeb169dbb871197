#include "kernel/route_netlink.h"

#include <sys/socket.h>

#include <cerrno>

#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;  // the kernel fills at most 32 KiB in one dump message

}  // namespace

void NetlinkRequest::append(const void* data, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(data);
  bytes_.insert(bytes_.end(), first, first + size);
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

void NetlinkRequest::attribute(std::uint16_t type, std::span<const std::byte> payload) {
  const rtattr header{static_cast<std::uint16_t>(RTA_LENGTH(payload.size())), type};
  append(&header, sizeof(header));
  append(payload.data(), payload.size());
}

void NetlinkRequest::attribute(std::uint16_t type, std::string_view text) {
  std::vector<std::byte> payload(text.size() + 1);
  std::memcpy(payload.data(), text.data(), text.size());
  attribute(type, std::span<const std::byte>(payload));
}

void NetlinkRequest::attribute(std::uint16_t type, std::uint32_t value) {
  attribute(type, std::as_bytes(std::span(&value, 1)));
}

void NetlinkRequest::nested(std::uint16_t type, const std::function<void()>& fill) {
  const std::size_t start = bytes_.size();
  rtattr header{0, static_cast<std::uint16_t>(type | NLA_F_NESTED)};
  append(&header, sizeof(header));
  fill();
  header.rta_len = static_cast<std::uint16_t>(bytes_.size() - start);
  std::memcpy(bytes_.data() + start, &header, sizeof(header));
}

std::span<const std::byte> NetlinkRequest::message(std::uint32_t sequence) {
  header_.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
  header_.nlmsg_seq = sequence;
  std::memcpy(bytes_.data(), &header_, sizeof(header_));
  return bytes_;
}

std::uint32_t NetlinkAttribute::number() const {
  std::uint32_t value = 0;
  if (payload.size() == sizeof(value)) std::memcpy(&value, payload.data(), sizeof(value));
  return value;
}

std::string_view NetlinkAttribute::text() const {
  const std::string_view all(reinterpret_cast<const char*>(payload.data()), payload.size());
  return all.substr(0, all.find('\0'));
}

void for_each_attribute(std::span<const std::byte> attributes,
                        const std::function<void(const NetlinkAttribute&)>& each) {
  while (attributes.size() >= sizeof(rtattr)) {
    rtattr header{};
    std::memcpy(&header, attributes.data(), sizeof(header));
    if (header.rta_len < sizeof(header) || header.rta_len > attributes.size()) return;
    each({static_cast<std::uint16_t>(header.rta_type & NLA_TYPE_MASK),
          attributes.subspan(sizeof(header), header.rta_len - sizeof(header))});
    attributes = attributes.subspan(std::min<std::size_t>(RTA_ALIGN(header.rta_len), attributes.size()));
  }
}

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
