// A node of a cluster in small: a client's and a backend's namespace, and one between them that routes and translates
// the address of a Service to the backend's.
#pragma once

#include <array>
#include <string>

#include "netns.h"
#include "tcp/segment.h"

namespace podwire::test {

inline tcp::Endpoint endpoint(const std::string& address, std::uint16_t port) {
  tcp::Endpoint endpoint;
  endpoint.port = port;
  endpoint.address.version = address.find(':') == std::string::npos ? 4 : 6;
  if (::inet_pton(endpoint.address.version == 4 ? AF_INET : AF_INET6, address.c_str(), endpoint.address.bytes.data()) !=
      1) {
    throw std::runtime_error("bad address " + address);
  }
  return endpoint;
}

struct ServiceAddresses {
  std::string client;
  std::string backend;
  std::string service;
};

inline const ServiceAddresses kIpv4{"198.18.1.2", "198.18.2.2", "198.19.0.10"};
inline const ServiceAddresses kIpv6{"2001:2:0:1::2", "2001:2:0:2::2", "2001:2:0:10::1"};

constexpr std::uint16_t kServicePort = 80;
constexpr std::uint16_t kBackendPort = 8080;

class ServiceNetwork {
 public:
  NetworkNamespace client;
  NetworkNamespace node;
  NetworkNamespace backend;

  ServiceNetwork() {
    join(client, "eth-client", "198.18.1", "2001:2:0:1");
    join(backend, "eth-backend", "198.18.2", "2001:2:0:2");
    in_node("sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
    in_node("iptables -t nat -A PREROUTING -p tcp -d " + kIpv4.service + " --dport 80 -j DNAT --to-destination " +
            kIpv4.backend + ":8080");
    in_node("ip6tables -t nat -A PREROUTING -p tcp -d " + kIpv6.service + " --dport 80 -j DNAT --to-destination [" +
            kIpv6.backend + "]:8080");
  }

  void in_node(const std::string& text) const {
    node.inside([&] { command(text); });
  }

 private:
  void join(const NetworkNamespace& pod, const std::string& device, const std::string& ipv4,
            const std::string& ipv6) const {
    node.ip("link add " + device + " type veth peer name eth0 netns " + pod.name());
    node.ip("addr add " + ipv4 + ".1/24 dev " + device);
    node.ip("addr add " + ipv6 + "::1/64 dev " + device + " nodad");
    node.ip("link set " + device + " up");
    pod.ip("addr add " + ipv4 + ".2/24 dev eth0");
    pod.ip("addr add " + ipv6 + "::2/64 dev eth0 nodad");
    pod.ip("link set eth0 up");
    pod.ip("route add default via " + ipv4 + ".1");
    pod.ip("-6 route add default via " + ipv6 + "::1");
  }
};

// A connection from the client to the Service that the backend accepted.
class ServiceConnection {
 public:
  // `to`: what the client connects to; `source_port` 0: any.
  ServiceConnection(const ServiceNetwork& network, const ServiceAddresses& addresses, const tcp::Endpoint& to,
                    std::uint16_t source_port = 0) {
    const tcp::Endpoint backend = endpoint(addresses.backend, kBackendPort);
    const int domain = to.address.version == 4 ? AF_INET : AF_INET6;
    listener_ = network.backend.socket(domain, SOCK_STREAM);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (domain == AF_INET6) ::setsockopt(listener_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    call(listener_, backend, ::bind, "bind");
    if (::listen(listener_, 1) != 0) throw std::runtime_error("listen");
    client_ = network.client.socket(domain, SOCK_STREAM);
    call(client_, endpoint(addresses.client, source_port), ::bind, "bind");
    call(client_, to, ::connect, "connect");
    server_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (server_ < 0) throw std::runtime_error("accept");
    sockaddr_storage name{};
    socklen_t size = sizeof(name);
    ::getsockname(client_, reinterpret_cast<sockaddr*>(&name), &size);
    source_ = endpoint(addresses.client, ntohs(reinterpret_cast<const sockaddr_in*>(&name)->sin_port));
  }
  ServiceConnection(const ServiceNetwork& network, const ServiceAddresses& addresses)
      : ServiceConnection(network, addresses, endpoint(addresses.service, kServicePort)) {}
  ~ServiceConnection() {
    for (const int fd : {client_, server_, listener_}) ::close(fd);
  }
  ServiceConnection(const ServiceConnection&) = delete;
  ServiceConnection& operator=(const ServiceConnection&) = delete;

  [[nodiscard]] int client() const { return client_; }
  [[nodiscard]] int server() const { return server_; }
  // The client's end.
  [[nodiscard]] const tcp::Endpoint& source() const { return source_; }

 private:
  template <typename Call>
  static void call(int fd, const tcp::Endpoint& to, Call call, const char* what) {
    sockaddr_storage address{};
    socklen_t size = 0;
    if (to.address.version == 4) {
      auto* ipv4 = reinterpret_cast<sockaddr_in*>(&address);
      ipv4->sin_family = AF_INET;
      ipv4->sin_port = htons(to.port);
      std::memcpy(&ipv4->sin_addr, to.address.bytes.data(), sizeof(ipv4->sin_addr));
      size = sizeof(*ipv4);
    } else {
      auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&address);
      ipv6->sin6_family = AF_INET6;
      ipv6->sin6_port = htons(to.port);
      std::memcpy(&ipv6->sin6_addr, to.address.bytes.data(), sizeof(ipv6->sin6_addr));
      size = sizeof(*ipv6);
    }
    if (call(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
      throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
    }
  }

  int listener_ = -1;
  int client_ = -1;
  int server_ = -1;
  tcp::Endpoint source_;
};

}  // namespace podwire::test
