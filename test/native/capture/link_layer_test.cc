#include "capture/file/link_layer.h"

#include <gtest/gtest.h>

#include "capture/file/ip_packet.h"
#include "capture_formats.h"
#include "packets.h"
#include "read_all.h"

namespace podwire::capture::test {
namespace {

struct LinkCase {
  const char* name;
  std::uint16_t link_type;
  std::vector<std::uint8_t> header;
  std::uint8_t ip_version;
};

class EveryLinkType : public ::testing::TestWithParam<LinkCase> {};

TEST_P(EveryLinkType, LeadsToTheSegmentAndSurvivesEveryCut) {
  const LinkCase& link = GetParam();
  const auto segment = tcp({.payload = "payload"});
  const auto packet = link.ip_version == 4 ? ipv4(segment) : ipv6(6, segment);
  const auto frame = Octets().append(link.header).append(packet).bytes();
  Octets file;
  file.append(pcap_header({.link_type = link.link_type}));
  for (std::size_t captured = 0; captured <= frame.size(); ++captured) {
    const std::vector<std::uint8_t> cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(captured));
    file.append(pcap_record(std::endian::little, 1, 0, cut, frame.size()));
  }
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  // From the last byte of the TCP header on, each cut is a segment.
  ASSERT_EQ(outcome.segments.size(), 8U);
  EXPECT_EQ(outcome.counters.truncated, frame.size());
  EXPECT_EQ(outcome.counters.unreadable, 0U);
  EXPECT_EQ(outcome.segments.back().payload, "payload");
  EXPECT_EQ(outcome.segments.back().segment.source.address.version, link.ip_version);
  EXPECT_EQ(outcome.segments.back().segment.source.port, 40000);
  EXPECT_EQ(outcome.segments.back().segment.destination.port, 8080);
}

std::vector<std::uint8_t> tagged(std::uint16_t outer, std::uint16_t inner, std::uint16_t type) {
  return ethernet(outer, Octets().u16(100).u16(inner).u16(200).u16(type).bytes());
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryLinkType,
    ::testing::Values(LinkCase{"Ethernet4", 1, ethernet(0x0800, {}), 4},
                      LinkCase{"Ethernet6", 1, ethernet(0x86dd, {}), 6},
                      LinkCase{"Vlan", 1, ethernet(0x8100, Octets().u16(100).u16(0x0800).bytes()), 4},
                      LinkCase{"QinQ", 1, tagged(0x88a8, 0x8100, 0x86dd), 6},
                      LinkCase{"OldQinQ", 1, tagged(0x9100, 0x8100, 0x0800), 4}, LinkCase{"Raw101", 101, {}, 4},
                      LinkCase{"Raw12", 12, {}, 6}, LinkCase{"Raw14", 14, {}, 4}, LinkCase{"Ipv4", 228, {}, 4},
                      LinkCase{"Ipv6", 229, {}, 6}, LinkCase{"NullLittle", 0, {2, 0, 0, 0}, 4},
                      LinkCase{"NullBig", 0, {0, 0, 0, 30}, 6}, LinkCase{"NullFreeBsd6", 0, {28, 0, 0, 0}, 6},
                      LinkCase{"Loop", 108, {0, 0, 0, 2}, 4}, LinkCase{"Loop6", 108, {0, 0, 0, 24}, 6},
                      // packet type 4 (sent by us), ARPHRD 772, 6 address bytes, protocol
                      LinkCase{"Cooked", 113, Octets().u16(4).u16(772).u16(6).zeros(8).u16(0x0800).bytes(), 4},
                      LinkCase{"CookedV2", 276, Octets().u16(0x86dd).u16(0).u32(2).u16(1).u8(0).u8(6).zeros(8).bytes(),
                               6}),
    [](const auto& info) { return std::string(info.param.name); });

SeenSegment parsed(const std::vector<std::uint8_t>& packet, IpOutcome expected) {
  tcp::Segment segment;
  EXPECT_EQ(parse_ip(packet, packet.size(), segment), expected);
  const std::string payload(segment.payload.begin(), segment.payload.end());
  segment.payload = {};
  return {segment, payload};
}

TEST(IpPacket, FieldsOfTheTcpHeader) {
  const auto packet = ipv4(tcp({.sequence = 0xfffffff0,
                                .acknowledgment = 7,
                                .flags = kSyn | kAck | kFin,
                                .payload = "ab",
                                .options = {1, 1, 1, 1, 1, 1, 1, 1}}),
                           {.option_bytes = 8});
  const auto [segment, payload] = parsed(packet, IpOutcome::kSegment);
  EXPECT_EQ(segment.sequence, 0xfffffff0);
  EXPECT_EQ(segment.acknowledgment, 7U);
  EXPECT_TRUE(segment.flags.syn && segment.flags.ack && segment.flags.fin);
  EXPECT_FALSE(segment.flags.rst);
  EXPECT_EQ(segment.payload_bytes, 2U);
  EXPECT_EQ(payload, "ab");
  const std::array<std::uint8_t, 16> source{198, 18, 0, 1};
  EXPECT_EQ(segment.source.address.bytes, source);
}

TEST(IpPacket, EthernetPaddingIsNotPayload) {
  auto packet = ipv4(tcp({.flags = kSyn}));
  packet.resize(46, 0xaa);
  EXPECT_EQ(parsed(packet, IpOutcome::kSegment).segment.payload_bytes, 0U);
}

TEST(IpPacket, NoTotalLengthMeansTheFrames) {
  const std::string big(65'500, 'x');
  EXPECT_EQ(parsed(ipv4(tcp({.payload = big}), {.total_length = 0}), IpOutcome::kSegment).segment.payload_bytes,
            65'500U);
  EXPECT_EQ(parsed(ipv6(6, tcp({.payload = big}), 0), IpOutcome::kSegment).segment.payload_bytes, 65'500U);
}

TEST(IpPacket, ExtensionHeadersAreFollowed) {
  // Hop-by-hop (8 bytes), destination options (16 bytes), authentication (RFC 4302: (4 + 2) * 4 bytes), TCP.
  const auto chain = Octets()
                         .u8(60)
                         .u8(0)
                         .zeros(6)
                         .u8(51)
                         .u8(1)
                         .zeros(14)
                         .u8(6)
                         .u8(4)
                         .zeros(22)
                         .append(tcp({.payload = "deep"}))
                         .bytes();
  EXPECT_EQ(parsed(ipv6(0, chain), IpOutcome::kSegment).payload, "deep");
  tcp::Segment ignored;
  const auto packet = ipv6(0, chain);
  for (std::size_t length = 0; length < packet.size() - 4; ++length) {  // up to the last byte of the TCP header
    EXPECT_EQ(parse_ip(std::span(packet).first(length), packet.size(), ignored), IpOutcome::kCut) << length;
  }
}

TEST(IpPacket, Fragments) {
  parsed(ipv4(tcp({.payload = "x"}), {.fragment = 0x2000}), IpOutcome::kFragment);  // more to come
  parsed(ipv4(tcp({.payload = "x"}), {.fragment = 0x0010}), IpOutcome::kFragment);  // at an offset
  parsed(ipv4({1, 2}, {.protocol = 17, .fragment = 0x2000}), IpOutcome::kNotTcp);
  const auto fragment_of = [](std::uint16_t offset_and_more) {
    return ipv6(44, Octets().u8(6).u8(0).u16(offset_and_more).u32(1).append(tcp({.payload = "x"})).bytes());
  };
  parsed(fragment_of(0x0001), IpOutcome::kFragment);
  parsed(fragment_of(0x0008), IpOutcome::kFragment);
  parsed(fragment_of(0x0000), IpOutcome::kSegment);  // RFC 6946
}

TEST(IpPacket, MalformedHeaders) {
  auto packet = ipv4(tcp({.payload = "x"}));
  packet[0] = 0x44;  // a header of 16 bytes
  parsed(packet, IpOutcome::kMalformed);
  packet[0] = 0x55;  // version 5
  parsed(packet, IpOutcome::kMalformed);
  parsed(ipv4(tcp({.payload = "x"}), {.total_length = 19}), IpOutcome::kMalformed);
  packet = ipv4(tcp({.payload = "x"}));
  packet[32] = 0x40;  // TCP data offset 4
  parsed(packet, IpOutcome::kMalformed);
  packet[32] = 0xf0;  // 60 bytes of header in 21
  parsed(packet, IpOutcome::kMalformed);
}

}  // namespace
}  // namespace podwire::capture::test
