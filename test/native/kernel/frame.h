// Packets put together byte by byte, and sent as they are.
#pragma once

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>

#include <cstdint>
#include <string>

#include "netns.h"

namespace podwire::test {

inline std::string be16(unsigned value) {
  return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}
inline std::string be32(std::uint32_t value) { return be16(value >> 16U) + be16(value & 0xffffU); }

inline std::string bytes_of(const std::string& address) {
  std::array<char, 16> bytes{};
  const bool ipv4 = address.find(':') == std::string::npos;
  ::inet_pton(ipv4 ? AF_INET : AF_INET6, address.c_str(), bytes.data());
  return {bytes.data(), ipv4 ? 4U : 16U};
}

// To a MAC address that nobody has: only the hooks see it.
inline std::string ethernet(unsigned ether_type) {
  return std::string("\x02\x00\x00\x00\x00\x01", 6) + std::string("\x02\x00\x00\x00\x00\x02", 6) + be16(ether_type);
}

// RFC 9293, section 3.1: from port 1234 to 80; `options` a multiple of four bytes, `flags` PSH and ACK.
inline std::string tcp_segment(const std::string& payload, const std::string& options = "", std::uint32_t sequence = 7,
                               char flags = '\x18') {
  return be16(1234) + be16(80) + be32(sequence) + be32(9) + static_cast<char>((5 + options.size() / 4) << 4U) + flags +
         be16(512) + be16(0) + be16(0) + options + payload;
}

// RFC 791, section 3.1. `fragment`: flags and offset; `header_words` goes into the header, whatever it is.
inline std::string ipv4(const std::string& content, unsigned protocol = 6, unsigned fragment = 0,
                        const std::string& options = "", unsigned header_words = 0, unsigned length = 0) {
  if (header_words == 0) header_words = 5 + static_cast<unsigned>(options.size()) / 4;
  if (length == 0) length = static_cast<unsigned>(20 + options.size() + content.size());
  return std::string(1, static_cast<char>(0x40U | header_words)) + '\0' + be16(length) + be16(1) + be16(fragment) +
         '\x40' + static_cast<char>(protocol) + be16(0) + bytes_of("198.18.0.1") + bytes_of("198.18.0.2") + options +
         content;
}

// RFC 8200, section 3. `content` begins with the header that `next_header` names.
inline std::string ipv6(unsigned next_header, const std::string& content) {
  return std::string("\x60\x00\x00\x00", 4) + be16(static_cast<unsigned>(content.size())) +
         static_cast<char>(next_header) + '\x40' + bytes_of("2001:2::1") + bytes_of("2001:2::2") + content;
}

inline void send_frame(const NetworkNamespace& ns, const std::string& frame) {
  const int socket = ns.socket(AF_PACKET, SOCK_RAW);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  ns.inside([&] { address.sll_ifindex = static_cast<int>(::if_nametoindex("eth0")); });
  const ssize_t sent =
      ::sendto(socket, frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  ::close(socket);
  if (sent != static_cast<ssize_t>(frame.size()))
    throw std::runtime_error(std::string("sendto: ") + std::strerror(errno));
}

}  // namespace podwire::test
