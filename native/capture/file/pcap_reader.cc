#include "capture/file/pcap_reader.h"

#include <algorithm>
#include <array>

#include "capture/file/byte_order.h"
#include "capture/file/file_problem.h"

namespace podwire::capture {

namespace {

constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::uint16_t kMajorVersion = 2;
constexpr std::uint16_t kMinorVersion = 4;
constexpr std::uint64_t kNanosPerSecond = 1'000'000'000;

struct Variant {
  std::uint32_t magic;
  std::uint32_t fraction_ns;
  std::size_t record_header_bytes;
};

// The third is libpcap's "modified" format: 8 more bytes a record, of no use here.
constexpr std::array kVariants{
    Variant{0xa1b2c3d4, 1000, 16},
    Variant{0xa1b23c4d, 1, 16},
    Variant{0xa1b2cd34, 1000, 24},
};

const Variant* variant_of(std::uint32_t magic) {
  const auto* found = std::ranges::find(kVariants, magic, &Variant::magic);
  return found == kVariants.end() ? nullptr : found;
}

std::endian order_of(std::span<const std::uint8_t> beginning) {
  return variant_of(load<std::uint32_t>(beginning, 0, std::endian::little)) != nullptr ? std::endian::little
                                                                                       : std::endian::big;
}

}  // namespace

bool PcapReader::recognises(std::span<const std::uint8_t> beginning) {
  return variant_of(load<std::uint32_t>(beginning, 0, order_of(beginning))) != nullptr;
}

PcapReader::PcapReader(ByteReader& reader) : reader_(reader) {
  const auto header = reader_.take(kFileHeaderBytes, "the pcap file header");
  order_ = order_of(header);
  const Variant& variant = *variant_of(load<std::uint32_t>(header, 0, order_));
  fraction_ns_ = variant.fraction_ns;
  record_header_bytes_ = variant.record_header_bytes;
  const auto major = load<std::uint16_t>(header, 4, order_);
  const auto minor = load<std::uint16_t>(header, 6, order_);
  if (major != kMajorVersion || minor != kMinorVersion) {
    throw FileProblem("Expected version 2.4 of the pcap format at " + reader_.position(4) + ", version " +
                      std::to_string(major) + "." + std::to_string(minor) + " came.");
  }
  // The upper bits tell of a frame check sequence, which lies behind the IP packet and is never looked at.
  link_type_ = static_cast<std::uint16_t>(load<std::uint32_t>(header, 20, order_) & 0xffff);
}

bool PcapReader::next(Frame& frame) {
  if (reader_.peek(1).empty()) return false;
  ++packet_number_;
  const std::uint64_t header_offset = reader_.offset();
  const auto header = reader_.take(record_header_bytes_, "the header of packet", packet_number_);
  const auto seconds = load<std::uint32_t>(header, 0, order_);
  const auto fraction = load<std::uint32_t>(header, 4, order_);
  const auto captured_bytes = load<std::uint32_t>(header, 8, order_);
  const auto original_bytes = load<std::uint32_t>(header, 12, order_);
  if (captured_bytes > kMaxBlockBytes) {
    throw FileProblem("The file is damaged at " + reader_.position(header_offset) + ": packet " +
                      std::to_string(packet_number_) + " claims " + std::to_string(captured_bytes) +
                      " bytes, expected at most " + std::to_string(kMaxBlockBytes) + ".");
  }
  frame.time_ns = seconds * kNanosPerSecond + std::uint64_t{fraction} * fraction_ns_;
  frame.link_type = link_type_;
  frame.original_bytes = std::max(original_bytes, captured_bytes);
  frame.bytes = reader_.take(captured_bytes, "packet", packet_number_);
  return true;
}

}  // namespace podwire::capture
