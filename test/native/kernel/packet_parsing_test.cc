// Packets of every shape, as the kernel program reads them.
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include "attach_mode.h"
#include "collected_segments.h"
#include "frame.h"

namespace podwire::test {
namespace {

using kernel::KernelCapture;

constexpr unsigned kIpv4 = 0x0800;
constexpr unsigned kIpv6 = 0x86dd;
constexpr unsigned kVlan = 0x8100;

class PacketParsingTest : public EachAttachMode {
 protected:
  PacketParsingTest() : capture_(options()), id_(capture_.attach(path_of(pair_.client))) {}

  // Every frame leaves by eth0, where the egress program sees it before `sendto` returns.
  void send(const std::string& frame) { send_frame(pair_.client, frame); }
  kernel::Counters counters() { return capture_.state(id_).counters; }

  void expect_shown(const std::string& frame, const std::string& payload) {
    send(frame);
    segments_.all.clear();
    ASSERT_TRUE(read_until(capture_, segments_, [&] { return !segments_.all.empty(); }));
    const CollectedSegment& segment = segments_.all.front();
    EXPECT_EQ(segment.payload, payload);
    EXPECT_EQ(segment.header.payload_bytes, payload.size());
    EXPECT_EQ(segment.header.sequence, 7U);
    EXPECT_EQ(segment.header.acknowledgment, 9U);
    EXPECT_EQ(segment.header.source.port, 1234);
    EXPECT_EQ(segment.header.destination.port, 80);
    EXPECT_EQ(segment.header.hook, tcp::Hook::kEgress);
    EXPECT_EQ(counters().unreadable, 0U);
  }
  void expect_unreadable(const std::string& frame) {
    const auto before = counters();
    send(frame);
    EXPECT_EQ(counters().unreadable, before.unreadable + 1);
    EXPECT_EQ(counters().packets, before.packets);
  }
  void expect_fragment(const std::string& frame) {
    const auto before = counters();
    send(frame);
    EXPECT_EQ(counters().ip_fragment, before.ip_fragment + 1);
    EXPECT_EQ(counters().packets, before.packets);
  }
  void expect_nothing(const std::string& frame) {
    const auto before = counters();
    send(frame);
    const auto after = counters();
    EXPECT_EQ(after.packets, before.packets);
    EXPECT_EQ(after.unreadable, before.unreadable);
    EXPECT_EQ(after.ip_fragment, before.ip_fragment);
  }

  NamespacePair pair_;
  KernelCapture capture_;
  std::uint32_t id_;
  CollectedSegments segments_;
};
INSTANTIATE_TEST_SUITE_P(Modes, PacketParsingTest,
                         testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact), mode_name);

TEST_P(PacketParsingTest, ReadsIpv4WithOptions) {
  expect_shown(ethernet(kIpv4) + ipv4(tcp_segment("plain")), "plain");
  const std::string no_operation(40, '\x01');  // as many as fit
  expect_shown(ethernet(kIpv4) + ipv4(tcp_segment("options", no_operation), 6, 0, no_operation), "options");
  expect_shown(ethernet(kIpv4) + ipv4(tcp_segment("whole"), 6, 0x4000), "whole");  // don't fragment
  // Ethernet pads short frames: the payload ends where IP says.
  expect_shown(ethernet(kIpv4) + ipv4(tcp_segment("x")) + std::string(20, '\0'), "x");
  expect_nothing(ethernet(kIpv4) + ipv4(tcp_segment("")) + std::string(20, '\0'));  // a pure ACK
}

TEST_P(PacketParsingTest, ReadsTags) {
  const std::string packet = ipv4(tcp_segment("tagged"));
  expect_shown(ethernet(kVlan) + be16(7) + be16(kIpv4) + packet, "tagged");
  expect_shown(ethernet(0x88a8) + be16(7) + be16(kVlan) + be16(8) + be16(kIpv4) + packet, "tagged");
  expect_unreadable(ethernet(kVlan) + be16(7) + be16(kVlan) + be16(8) + be16(kVlan) + be16(9) + be16(kIpv4) + packet);
}

// At an ingress the kernel has taken the outer tag off the packet's bytes.
TEST_P(PacketParsingTest, ReadsTagsAtTheIngress) {
  const std::uint32_t server = capture_.attach(path_of(pair_.server));
  const std::string packet = ipv4(tcp_segment("tagged"));
  const auto seen = [&] {
    return segments_.count([&](const auto& segment) {
      return segment.header.attachment_id == server && segment.header.hook == tcp::Hook::kIngress &&
             segment.payload == "tagged";
    });
  };
  send(ethernet(kVlan) + be16(7) + be16(kIpv4) + packet);
  ASSERT_TRUE(read_until(capture_, segments_, [&] { return seen() == 1; }));
  send(ethernet(0x88a8) + be16(7) + be16(kVlan) + be16(8) + be16(kIpv4) + packet);
  ASSERT_TRUE(read_until(capture_, segments_, [&] { return seen() == 2; }));
}

// The test holds the other end of a tun interface: what it writes comes in, without a link-layer header.
TEST_P(PacketParsingTest, ReadsPacketsOfAnInterfaceWithoutLinkLayer) {
  int tun = -1;
  pair_.server.inside([&] {
    tun = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    ifreq request{};
    std::strcpy(request.ifr_name, "tun7");
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    ASSERT_EQ(::ioctl(tun, TUNSETIFF, &request), 0) << std::strerror(errno);
  });
  pair_.server.ip("addr add 198.19.0.1/24 dev tun7");
  pair_.server.ip("link set tun7 up");
  const std::uint32_t id = capture_.attach(path_of(pair_.server));
  for (const std::string& packet : {ipv4(tcp_segment("bare")), ipv6(6, tcp_segment("bare"))}) {
    segments_.all.clear();
    ASSERT_EQ(::write(tun, packet.data(), packet.size()), static_cast<ssize_t>(packet.size()));
    ASSERT_TRUE(read_until(capture_, segments_, [&] { return segments_.has_payload("bare"); }));
    EXPECT_EQ(segments_.all[0].header.hook, tcp::Hook::kIngress);
    EXPECT_EQ(segments_.all[0].header.source.port, 1234);
  }

  // And out of it: the SYN of a connection to where nobody answers.
  segments_.all.clear();
  const int socket = pair_.server.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(4321);
  ::inet_pton(AF_INET, "198.19.0.7", &address.sin_addr);
  EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), -1);
  EXPECT_TRUE(read_until(capture_, segments_, [&] {
    return segments_.count([](const auto& segment) {
      return segment.header.flags.syn && segment.header.hook == tcp::Hook::kEgress &&
             segment.header.destination.port == 4321;
    }) > 0;
  }));
  EXPECT_EQ(capture_.state(id).counters.unreadable, 0U);
  ::close(socket);
  ::close(tun);
}

TEST_P(PacketParsingTest, ReadsIpv6ExtensionHeaders) {
  const std::string tcp = tcp_segment("extended");
  const std::string padding("\x01\x04\x00\x00\x00\x00", 6);  // PadN
  const auto options = [&](unsigned next) { return std::string(1, static_cast<char>(next)) + '\0' + padding; };
  const auto routing = [](unsigned next) {
    return std::string(1, static_cast<char>(next)) + std::string("\x00\x04\x00\x00\x00\x00\x00", 7);
  };
  const auto atomic_fragment = [](unsigned next) {
    return std::string(1, static_cast<char>(next)) + std::string(7, '\0');
  };
  // RFC 4302: length in 4-byte words minus 2; here 24 bytes.
  const auto authentication = [](unsigned next) {
    return std::string(1, static_cast<char>(next)) + '\x04' + std::string(22, '\x11');
  };
  expect_shown(ethernet(kIpv6) + ipv6(6, tcp), "extended");
  expect_shown(ethernet(kIpv6) +
                   ipv6(0, options(43) + routing(44) + atomic_fragment(51) + authentication(60) + options(6) + tcp),
               "extended");
  // A destination options header of 264 bytes.
  expect_shown(ethernet(kIpv6) + ipv6(60, std::string("\x06\x20", 2) + "\x01\xff" + std::string(255, '\0') +
                                              std::string("\x01\x03\x00\x00\x00", 5) + tcp),
               "extended");
  std::string nine;
  for (int i = 0; i < 8; ++i) nine += options(60);
  expect_unreadable(ethernet(kIpv6) + ipv6(60, nine + options(6) + tcp));
}

TEST_P(PacketParsingTest, CountsFragmentsOfTcp) {
  expect_fragment(ethernet(kIpv4) + ipv4(tcp_segment("first part"), 6, 0x2000));
  expect_fragment(ethernet(kIpv4) + ipv4("second part", 6, 0x0003));
  expect_nothing(ethernet(kIpv4) + ipv4("udp", 17, 0x2000));
  // RFC 8200, section 4.5: offset in units of 8 bytes above three other bits; the last one says that more come.
  const auto fragment = [](unsigned next, unsigned offset_and_more) {
    return std::string(1, static_cast<char>(next)) + '\0' + be16(offset_and_more) + be32(1);
  };
  expect_fragment(ethernet(kIpv6) + ipv6(44, fragment(6, 0x0001) + tcp_segment("first part")));
  expect_fragment(ethernet(kIpv6) + ipv6(44, fragment(6, 0x0020) + "second part"));
  expect_nothing(ethernet(kIpv6) + ipv6(44, fragment(17, 0x0020) + "udp"));
}

TEST_P(PacketParsingTest, CountsWhatCannotBeRead) {
  const std::string tcp = tcp_segment("lost");
  expect_unreadable(ethernet(kIpv4) + ipv4(tcp, 6, 0, "", 4));        // a header of four words
  expect_unreadable(ethernet(kIpv4) + ipv4(tcp, 6, 0, "", 15, 40));   // the TCP header would lie outside
  expect_unreadable(ethernet(kIpv4) + ipv4(tcp, 6, 0, "", 5, 1000));  // longer than the packet
  expect_unreadable(ethernet(kIpv4) + ipv4(tcp.substr(0, 10)));       // half a TCP header
  expect_unreadable(ethernet(kIpv4) + ipv4(tcp.substr(0, 12) + '\x20' + tcp.substr(13)));  // a TCP header of two words
  expect_unreadable(ethernet(kIpv4) + ipv4(tcp.substr(0, 12) + '\xf0' + tcp.substr(13)));  // beyond the datagram
  expect_unreadable(ethernet(kIpv6) + ipv6(0, std::string("\x06\x10", 2)));  // an extension header that is cut
  expect_nothing(ethernet(kIpv4) + ipv4("udp", 17));
  expect_nothing(ethernet(0x0806) + std::string(28, '\0'));  // ARP
  expect_nothing(ethernet(kIpv6) + ipv6(58, "icmp"));
  expect_nothing(ethernet(kIpv6) + ipv6(59, ""));  // no next header
}

}  // namespace
}  // namespace podwire::test
