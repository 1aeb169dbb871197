#include <gtest/gtest.h>

#include "capture_formats.h"
#include "packets.h"
#include "read_all.h"
#include "text_match.h"

namespace podwire::capture::test {
namespace {

constexpr std::uint32_t kSeconds = 1'700'000'000;

std::vector<std::uint8_t> request_frame() {
  return ethernet(kIpv4Type, ipv4(tcp({.payload = "GET / HTTP/1.1\r\n\r\n"})));
}

struct Magic {
  std::endian order;
  std::uint32_t magic;
  std::uint64_t expected_ns;
};

class PcapMagic : public ::testing::TestWithParam<Magic> {};

TEST_P(PcapMagic, TimesAndFieldsInItsByteOrder) {
  const auto [order, magic, expected_ns] = GetParam();
  Octets file;
  file.append(pcap_header({.order = order, .magic = magic}))
      .append(pcap_record(order, kSeconds, 123456, request_frame()));
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  ASSERT_EQ(outcome.segments.size(), 1U);
  EXPECT_EQ(outcome.segments[0].segment.seen_monotime_ns, expected_ns);
  EXPECT_EQ(outcome.segments[0].payload, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(outcome.segments[0].segment.payload_bytes, 18U);
}

INSTANTIATE_TEST_SUITE_P(All, PcapMagic,
                         ::testing::Values(Magic{std::endian::little, 0xa1b2c3d4, 1'700'000'000'123'456'000},
                                           Magic{std::endian::big, 0xa1b2c3d4, 1'700'000'000'123'456'000},
                                           Magic{std::endian::little, 0xa1b23c4d, 1'700'000'000'000'123'456},
                                           Magic{std::endian::big, 0xa1b23c4d, 1'700'000'000'000'123'456}));

TEST(Pcap, ModifiedFormatHasLongerRecordHeaders) {
  const auto frame = request_frame();
  Octets file(std::endian::little);
  file.append(pcap_header({.magic = 0xa1b2cd34}));
  file.u32(kSeconds).u32(5).u32(frame.size()).u32(frame.size()).u32(2).u16(0x800).u8(0).u8(0).append(frame);
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  ASSERT_EQ(outcome.segments.size(), 1U);
  EXPECT_EQ(outcome.segments[0].segment.seen_monotime_ns, 1'700'000'000'000'005'000U);
}

TEST(Pcap, FrameCheckSequenceBitsAreNoLinkType) {
  Octets file;
  file.append(pcap_header({.link_type = 0x54000001}))  // 4 bytes of FCS, Ethernet
      .append(pcap_record(std::endian::little, kSeconds, 0, Octets().append(request_frame()).u32(0xdeadbeef).bytes()));
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  ASSERT_EQ(outcome.segments.size(), 1U);
  EXPECT_EQ(outcome.segments[0].payload, "GET / HTTP/1.1\r\n\r\n");
}

TEST(Pcap, CutBySnapLength) {
  auto frame = request_frame();
  const std::size_t original = frame.size();
  frame.resize(original - 10);
  Octets file;
  file.append(pcap_header({})).append(pcap_record(std::endian::little, kSeconds, 0, frame, original));
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  ASSERT_EQ(outcome.segments.size(), 1U);
  EXPECT_EQ(outcome.segments[0].payload, "GET / HT");
  EXPECT_EQ(outcome.segments[0].segment.payload_bytes, 18U);
  EXPECT_EQ(outcome.counters.truncated, 1U);
}

TEST(Pcap, OtherProtocolsAreNotHandedOverAndPureAcknowledgmentsNotCounted) {
  Octets file;
  file.append(pcap_header({}));
  for (const auto& frame :
       {ethernet(kIpv4Type, ipv4(tcp({.flags = 0}))), ethernet(kIpv4Type, ipv4({1, 2, 3, 4}, {.protocol = 17})),
        ethernet(0x0806, {0, 1}), ethernet(kIpv4Type, ipv4(tcp({.flags = kAck}))),
        ethernet(kIpv4Type, ipv4(tcp({.flags = kSyn})))}) {
    file.append(pcap_record(std::endian::little, kSeconds, 0, frame));
  }
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  EXPECT_EQ(outcome.counters.packets, 5U);
  EXPECT_EQ(outcome.counters.tcp_packets, 1U);
  ASSERT_EQ(outcome.segments.size(), 2U);
  EXPECT_TRUE(outcome.segments[0].segment.flags.ack);
  EXPECT_TRUE(outcome.segments[1].segment.flags.syn);
  EXPECT_FALSE(outcome.segments[1].segment.flags.ack);
}

TEST(Pcap, SaysWhereItWasTruncated) {
  Octets file;
  file.append(pcap_header({})).append(pcap_record(std::endian::little, kSeconds, 0, request_frame()));
  const std::size_t first_end = file.size();
  file.append(pcap_record(std::endian::little, kSeconds, 0, request_frame()));
  // Ethernet 14, IPv4 20, TCP 20, payload 18.
  ASSERT_EQ(first_end, 24U + 16 + 72);
  for (std::size_t length = 1; length <= file.size(); ++length) {
    const std::vector<std::uint8_t> cut(file.bytes().begin(),
                                        file.bytes().begin() + static_cast<std::ptrdiff_t>(length));
    const Outcome outcome = read_bytes(cut, 7);
    const std::size_t whole = length < first_end ? 0 : length < file.size() ? 1 : 2;
    ASSERT_EQ(outcome.segments.size(), whole) << length;
    if (length == 24 || length == first_end || length == file.size()) {
      ASSERT_EQ(outcome.problem, std::nullopt) << length;
      continue;
    }
    ASSERT_TRUE(outcome.problem) << length;
    if (length < 4) {
      ASSERT_TRUE(starts_with(outcome.problem, "Expected a pcap or pcapng file")) << length;
      continue;
    }
    ASSERT_TRUE(starts_with(outcome.problem, "The file ends at byte " + std::to_string(length) + ", within "))
        << length;
    const std::size_t record = length < first_end ? 24 : first_end;
    const std::string part = length < 24            ? "the pcap file header"
                             : length < record + 16 ? "the header of packet " + std::to_string(whole + 1)
                                                    : "packet " + std::to_string(whole + 1);
    ASSERT_TRUE(contains(outcome.problem, "within " + part + ": expected ")) << length;
  }
}

TEST(Pcap, ForeignFilesAreNamed) {
  EXPECT_EQ(read_bytes({}).problem, "The file is empty: expected a pcap or pcapng file.");
  EXPECT_EQ(
      read_bytes(Octets()
                     .text("\x7f"
                           "ELF and more")
                     .bytes())
          .problem,
      "Expected a pcap or pcapng file, or gzip of one, which begins with a1 b2 c3 d4, d4 c3 b2 a1, 0a 0d 0d 0a or "
      "1f 8b, but 7f 45 4c 46 came at byte 0.");
}

TEST(Pcap, UnreadableLinkTypeIsAProblemOnceAPacketHasIt) {
  Octets file;
  file.append(pcap_header({.link_type = 127})).append(pcap_record(std::endian::little, 1, 0, {1, 2, 3}));
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.counters.packets, 1U);
  EXPECT_TRUE(starts_with(outcome.problem, "Packets of link type 127 were left out: expected Ethernet (1)"));
}

TEST(Pcap, AnotherVersionIsNamed) {
  Octets file(std::endian::little);
  file.u32(0xa1b2c3d4).u16(543).u16(0).zeros(16);
  EXPECT_EQ(read_bytes(file.bytes()).problem, "Expected version 2.4 of the pcap format at byte 4, version 543.0 came.");
}

TEST(Pcap, ALengthBeyondTheLimitIsDamage) {
  Octets file(std::endian::little);
  file.append(pcap_header({})).u32(1).u32(0).u32(16 * 1024 * 1024 + 1).u32(1).zeros(100);
  EXPECT_EQ(read_bytes(file.bytes()).problem,
            "The file is damaged at byte 24: packet 1 claims 16777217 bytes, expected at most 16777216.");
}

}  // namespace
}  // namespace podwire::capture::test
