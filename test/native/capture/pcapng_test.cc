#include <gtest/gtest.h>

#include <random>

#include "capture_formats.h"
#include "packets.h"
#include "read_all.h"
#include "text_match.h"

namespace podwire::capture::test {
namespace {

constexpr std::endian kLittle = std::endian::little;
constexpr std::endian kBig = std::endian::big;

std::vector<std::uint8_t> frame_with(const std::string& payload) {
  return ethernet(kIpv4Type, ipv4(tcp({.payload = payload})));
}

Octets time_resolution(std::endian order, std::uint8_t resolution) {
  return Octets(order).u16(9).u16(1).u8(resolution).zeros(3);
}

std::vector<std::uint8_t> one_packet_file(std::endian order, const Octets& options, std::uint64_t ticks) {
  return Octets()
      .append(section_header(order))
      .append(interface_description(order, 1, options))
      .append(enhanced_packet(order, 0, ticks, frame_with("x")))
      .bytes();
}

struct Resolution {
  std::endian order;
  Octets options;
  std::uint64_t ticks;
  std::uint64_t expected_ns;
};

class PcapngTime : public ::testing::TestWithParam<Resolution> {};

TEST_P(PcapngTime, IsInNanoseconds) {
  const auto& [order, options, ticks, expected_ns] = GetParam();
  const Outcome outcome = read_bytes(one_packet_file(order, options, ticks));
  EXPECT_EQ(outcome.problem, std::nullopt);
  ASSERT_EQ(outcome.segments.size(), 1U);
  EXPECT_EQ(outcome.segments[0].segment.seen_monotime_ns, expected_ns);
}

INSTANTIATE_TEST_SUITE_P(
    All, PcapngTime,
    ::testing::Values(
        // Without the option: microseconds.
        Resolution{kLittle, Octets(kLittle), 1'700'000'000'000'001, 1'700'000'000'000'001'000},
        Resolution{kBig, Octets(kBig), 1'700'000'000'000'001, 1'700'000'000'000'001'000},
        Resolution{kLittle, time_resolution(kLittle, 9), 1'700'000'000'000'000'001, 1'700'000'000'000'000'001},
        Resolution{kBig, time_resolution(kBig, 3), 1'700'000'000'005, 1'700'000'000'005'000'000},
        // 2^-10 s: 512 ticks are half a second.
        Resolution{kLittle, time_resolution(kLittle, 0x8a), (std::uint64_t{1'700'000'000} << 10) + 512,
                   1'700'000'000'500'000'000},
        // 2^-32 s (as NTP has it): 2^30 ticks are a quarter of a second.
        Resolution{kBig, time_resolution(kBig, 0xa0), (std::uint64_t{1'700'000'000} << 32) + (1U << 30),
                   1'700'000'000'250'000'000},
        // if_tsoffset, forwards and back before 1970.
        Resolution{kLittle, Octets(kLittle).u16(14).u16(8).u64(1'700'000'000), 7, 1'700'000'000'000'007'000},
        Resolution{kBig, Octets(kBig).u16(14).u16(8).u64(static_cast<std::uint64_t>(-10)), 7, 0},
        // An option that is not known, of a length that needs padding, comes before.
        Resolution{kLittle,
                   Octets(kLittle).u16(2).u16(5).text("veth0").zeros(3).append(time_resolution(kLittle, 9).bytes()), 42,
                   42}));

TEST(Pcapng, SectionsInBothByteOrdersHaveInterfacesOfTheirOwn) {
  Octets file;
  file.append(section_header(kLittle))
      .append(interface_description(kLittle, 101, Octets(kLittle)))
      .append(enhanced_packet(kLittle, 0, 1, ipv4(tcp({.payload = "first"}))))
      .append(section_header(kBig))
      .append(interface_description(kBig, 1, Octets(kBig)))
      .append(enhanced_packet(kBig, 0, 2, frame_with("second")));
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  ASSERT_EQ(outcome.segments.size(), 2U);
  EXPECT_EQ(outcome.segments[0].payload, "first");
  EXPECT_EQ(outcome.segments[1].payload, "second");
  EXPECT_EQ(outcome.segments[1].segment.seen_monotime_ns, 2000U);
}

TEST(Pcapng, SimpleObsoleteAndUnknownBlocks) {
  const auto whole = frame_with("simple");
  auto cut = whole;
  cut.resize(58);  // the snap length below: 54 bytes of headers, 4 of payload
  const auto old = frame_with("old");
  Octets file;
  file.append(section_header(kLittle))
      .append(interface_description(kLittle, 1, Octets(kLittle), 58))
      .append(block(kLittle, 0x0bad, Octets().text("to be skipped")))
      .append(
          block(kLittle, 2, Octets(kLittle).u16(0).u16(3).u32(0).u32(9).u32(old.size()).u32(old.size()).append(old)))
      .append(block(kLittle, 3, Octets(kLittle).u32(whole.size()).append(cut)))
      .append(block(kLittle, 5, Octets(kLittle).u32(0).u32(0).u32(0)));
  const Outcome outcome = read_bytes(file.bytes());
  EXPECT_EQ(outcome.problem, std::nullopt);
  ASSERT_EQ(outcome.segments.size(), 2U);
  EXPECT_EQ(outcome.segments[0].payload, "old");
  EXPECT_EQ(outcome.segments[0].segment.seen_monotime_ns, 9000U);
  EXPECT_EQ(outcome.segments[1].payload, "simp");
  EXPECT_EQ(outcome.segments[1].segment.payload_bytes, 6U);
  EXPECT_EQ(outcome.counters.truncated, 1U);
  EXPECT_EQ(outcome.counters.packets, 2U);
}

TEST(Pcapng, OneUnreadableInterfaceDoesNotHideTheOther) {
  Octets file;
  file.append(section_header(kLittle))
      .append(interface_description(kLittle, 105, Octets(kLittle)))
      .append(interface_description(kLittle, 1, Octets(kLittle)))
      .append(enhanced_packet(kLittle, 0, 1, {8, 0, 0, 0}))
      .append(enhanced_packet(kLittle, 1, 2, frame_with("seen")));
  const Outcome outcome = read_bytes(file.bytes());
  ASSERT_EQ(outcome.segments.size(), 1U);
  EXPECT_TRUE(starts_with(outcome.problem, "Packets of link type 105 were left out"));
}

TEST(Pcapng, TruncatedAtEveryByte) {
  const auto file = one_packet_file(kLittle, Octets(kLittle), 1);
  // Section header 28, interface description 24, enhanced packet 12 + 20 + 55 and a byte of padding.
  ASSERT_EQ(file.size(), 28U + 24 + 88);
  for (std::size_t length = 4; length < file.size(); ++length) {
    const std::vector<std::uint8_t> cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    const Outcome outcome = read_bytes(cut, 5);
    EXPECT_TRUE(outcome.segments.empty()) << length;
    if (length == 28 || length == 52) {
      EXPECT_EQ(outcome.problem, std::nullopt) << length;
    } else {
      EXPECT_TRUE(starts_with(
          outcome.problem, "The file ends at byte " + std::to_string(length) + ", within a pcapng block: expected "));
    }
  }
}

TEST(Pcapng, DamageIsNamedWithItsPlace) {
  auto file = one_packet_file(kLittle, Octets(kLittle), 1);
  file[52 + 8] = 1;  // the interface's number
  EXPECT_EQ(read_bytes(file).problem,
            "The file is damaged at byte 52: a packet names interface 1, expected one of the 1 described before.");
  file = one_packet_file(kLittle, Octets(kLittle), 1);
  file[52 + 4] = 89;  // the block's length
  EXPECT_TRUE(
      contains(read_bytes(file).problem, "expected a block length from 12 to 16777216 that 4 divides, 89 came"));
  file = one_packet_file(kLittle, Octets(kLittle), 1);
  file[52 + 20] = 57;  // captured bytes
  EXPECT_EQ(read_bytes(file).problem,
            "The file is damaged at byte 52: a packet claims 57 bytes, expected at most the 56 of its block.");
  file = one_packet_file(kLittle, Octets(kLittle), 1);
  file[8] = 0;  // the byte-order magic
  EXPECT_TRUE(contains(read_bytes(file).problem, "expected the byte-order magic 1a2b3c4d"));
}

// Every single byte, and random handfuls of them: whatever comes out, it comes out.
TEST(Pcapng, SurvivesDamageAnywhere) {
  const auto file = Octets()
                        .append(one_packet_file(kBig, time_resolution(kBig, 9), 1))
                        .append(one_packet_file(kLittle, Octets(kLittle), 1))
                        .bytes();
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      auto damaged = file;
      damaged[at] = static_cast<std::uint8_t>(value);
      const Outcome outcome = read_bytes(damaged);
      ASSERT_LE(outcome.segments.size(), 2U);
    }
  }
  std::mt19937 random(20'261'122);
  for (int round = 0; round < 5000; ++round) {
    auto damaged = file;
    for (int hit = 0; hit < 4; ++hit) damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
    ASSERT_LE(read_bytes(damaged).counters.packets, 16U);
  }
}

}  // namespace
}  // namespace podwire::capture::test
