#include "kernel/connection_tracking.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "kernel/netlink_message.h"

namespace podwire::kernel {
namespace {

constexpr std::size_t kReceiveBytes = 8192;  // NLMSG_GOODSIZE at most: one entry is one message

constexpr std::uint16_t message_type(unsigned message) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8U | message);
}

struct Tuple {
  tcp::Endpoint source;
  tcp::Endpoint destination;

  friend bool operator==(const Tuple&, const Tuple&) = default;
};

void add_port(NetlinkRequest& request, std::uint16_t type, std::uint16_t port) {
  const std::uint16_t network_order = htons(port);
  request.attribute(type, std::as_bytes(std::span(&network_order, 1)));
}

void add_tuple(NetlinkRequest& request, const Tuple& tuple) {
  const bool ipv4 = tuple.source.address.version == 4;
  request.nested(CTA_TUPLE_ORIG, [&] {
    request.nested(CTA_TUPLE_IP, [&] {
      request.attribute(ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, std::as_bytes(tuple.source.address.octets()));
      request.attribute(ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, std::as_bytes(tuple.destination.address.octets()));
    });
    request.nested(CTA_TUPLE_PROTO, [&] {
      const std::uint8_t protocol = IPPROTO_TCP;
      request.attribute(CTA_PROTO_NUM, std::as_bytes(std::span(&protocol, 1)));
      add_port(request, CTA_PROTO_SRC_PORT, tuple.source.port);
      add_port(request, CTA_PROTO_DST_PORT, tuple.destination.port);
    });
  });
}

void read_address(const NetlinkAttribute& attribute, tcp::Address& address) {
  const auto bytes = attribute.payload;
  if (bytes.size() != 4 && bytes.size() != address.bytes.size()) return;
  address = {};
  address.version = bytes.size() == 4 ? 4 : 6;
  std::transform(bytes.begin(), bytes.end(), address.bytes.begin(), [](std::byte b) { return std::uint8_t(b); });
}

void read_port(const NetlinkAttribute& attribute, std::uint16_t& port) {
  std::uint16_t network_order = 0;
  if (attribute.payload.size() != sizeof(network_order)) return;
  std::memcpy(&network_order, attribute.payload.data(), sizeof(network_order));
  port = ntohs(network_order);
}

Tuple read_tuple(std::span<const std::byte> attributes) {
  Tuple tuple;
  for_each_attribute(attributes, [&](const NetlinkAttribute& part) {
    for_each_attribute(part.payload, [&](const NetlinkAttribute& value) {
      if (part.type == CTA_TUPLE_IP) {
        if (value.type == CTA_IP_V4_SRC || value.type == CTA_IP_V6_SRC) read_address(value, tuple.source.address);
        if (value.type == CTA_IP_V4_DST || value.type == CTA_IP_V6_DST) read_address(value, tuple.destination.address);
      } else if (part.type == CTA_TUPLE_PROTO) {
        if (value.type == CTA_PROTO_SRC_PORT) read_port(value, tuple.source.port);
        if (value.type == CTA_PROTO_DST_PORT) read_port(value, tuple.destination.port);
      }
    });
  });
  return tuple;
}

// Who answers what was asked, by an entry of the table. An entry may also be found by the tuple of its answers: then
// what was asked is the way back, and nothing on it is anybody's choice.
TrackingAnswer read_entry(std::span<const std::byte> message, const Tuple& asked) {
  nfgenmsg family{};
  std::span<const std::byte> attributes;
  if (!read_fixed(message, family, attributes)) return {.error = EBADMSG};
  Tuple original;
  std::optional<Tuple> reply;
  for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
    if (attribute.type == CTA_TUPLE_ORIG) original = read_tuple(attribute.payload);
    if (attribute.type == CTA_TUPLE_REPLY) reply = read_tuple(attribute.payload);
  });
  if (!reply || reply->source.address.version != asked.destination.address.version) return {.error = EBADMSG};
  const tcp::Endpoint& server = original == asked ? reply->source : asked.destination;
  return {.outcome = TrackingOutcome::kTracked, .server = server};
}

TrackingAnswer read_error(std::span<const std::byte> message) {
  nlmsgerr answer{};
  if (message.size() < sizeof(answer.error)) return {.error = EBADMSG};
  std::memcpy(&answer.error, message.data(), sizeof(answer.error));
  if (answer.error == -ENOENT) return {.outcome = TrackingOutcome::kNotTracked};
  return {.error = answer.error == 0 ? EBADMSG : -answer.error};
}

}  // namespace

TrackingAnswer ConnectionTracking::find(const tcp::Endpoint& client, const tcp::Endpoint& server) {
  if (!socket_.valid()) {
    socket_ = FileDescriptor(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    if (!socket_.valid()) return {.error = errno};
  }
  TrackingAnswer answer = ask(client, server);
  // What may still wait in the socket is nothing that the next question should find.
  if (answer.outcome == TrackingOutcome::kFailed) socket_.reset();
  return answer;
}

TrackingAnswer ConnectionTracking::ask(const tcp::Endpoint& client, const tcp::Endpoint& server) {
  if (client.address.version != server.address.version) return {.error = EAFNOSUPPORT};
  const Tuple asked{client, server};
  const std::uint8_t family = client.address.version == 4 ? AF_INET : AF_INET6;
  NetlinkRequest request(message_type(IPCTNL_MSG_CT_GET), 0, nfgenmsg{family, NFNETLINK_V0, 0});
  add_tuple(request, asked);
  const std::span<const std::byte> message = request.message(++sequence_);
  if (::send(socket_.get(), message.data(), message.size(), 0) < 0) return {.error = errno};

  std::array<std::byte, kReceiveBytes> buffer;
  while (true) {
    const ssize_t received = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) return {.error = errno};
    nlmsghdr header{};
    if (static_cast<std::size_t>(received) < sizeof(header)) return {.error = EBADMSG};
    std::memcpy(&header, buffer.data(), sizeof(header));
    if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > static_cast<std::size_t>(received)) {
      return {.error = EBADMSG};
    }
    if (header.nlmsg_seq != sequence_) continue;
    const auto body = std::span<const std::byte>(buffer).first(header.nlmsg_len).subspan(NLMSG_HDRLEN);
    if (header.nlmsg_type == NLMSG_ERROR) return read_error(body);
    if (header.nlmsg_type == message_type(IPCTNL_MSG_CT_NEW)) return read_entry(body, asked);
  }
}

std::string connection_tracking_limitation() {
  // RFC 1122, section 3.2.1.3: nobody has a connection to 0.0.0.0.
  ConnectionTracking tracking;
  const TrackingAnswer answer = tracking.find({.address = {}, .port = 1}, {.address = {}, .port = 1});
  return answer.outcome == TrackingOutcome::kFailed ? connection_tracking_limitation(answer.error) : std::string();
}

std::string connection_tracking_limitation(int error) {
  constexpr std::string_view kConsequence =
      ": requests to a Service are shown with its address, not with the pod that answers";
  if (error == EPERM || error == EACCES) {
    return "the node's connection tracking cannot be asked without CAP_NET_ADMIN" + std::string(kConsequence);
  }
  if (error == EPROTONOSUPPORT || error == EAFNOSUPPORT || error == EINVAL || error == EOPNOTSUPP) {
    return "this kernel does not let its connection tracking be asked (CONFIG_NF_CT_NETLINK, module "
           "nf_conntrack_netlink)" +
           std::string(kConsequence);
  }
  return "the node's connection tracking cannot be asked (" + std::generic_category().message(error) + ")" +
         std::string(kConsequence);
}

}  // namespace podwire::kernel
