#include "capture/file/pcapng_reader.h"

#include <algorithm>
#include <limits>

#include "capture/file/byte_order.h"
#include "capture/file/file_problem.h"

namespace podwire::capture {

namespace {

// Section 10.1: block types.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint16_t kMajorVersion = 1;
constexpr std::size_t kBlockHeaderBytes = 8;   // type and total length
constexpr std::size_t kBlockTrailerBytes = 4;  // total length again
constexpr std::size_t kMinBlockBytes = kBlockHeaderBytes + kBlockTrailerBytes;
constexpr std::size_t kMaxInterfaces = 65'536;  // of a section: what an obsolete Packet Block can name

// Section 4.2: options of an interface.
constexpr std::size_t kInterfaceFixedBytes = 8;
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;

// Sections 4.3, A.1 and 4.4: what precedes the packet.
constexpr std::size_t kTimedPacketFixedBytes = 20;
constexpr std::size_t kSimplePacketFixedBytes = 4;

constexpr std::size_t padded(std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; }

// if_tsresol: with the highest bit, a negative power of two, otherwise of ten. 0: finer than 64 bits can say.
std::uint64_t ticks_per_second(std::uint8_t resolution) {
  constexpr unsigned kMaxPowerOfTen = 19;
  const unsigned exponent = resolution & 0x7fU;
  if ((resolution & 0x80U) != 0) return exponent < 64 ? std::uint64_t{1} << exponent : 0;
  if (exponent > kMaxPowerOfTen) return 0;
  std::uint64_t ticks = 1;
  for (unsigned power = 0; power < exponent; ++power) ticks *= 10;
  return ticks;
}

}  // namespace

std::uint64_t CapturedInterface::time_ns(std::uint64_t ticks) const {
  using Wide = __int128;
  constexpr Wide kNanosPerSecond = 1'000'000'000;
  constexpr Wide kLatest = std::numeric_limits<std::int64_t>::max();
  const Wide nanos = ticks * kNanosPerSecond / ticks_per_second + offset_seconds * kNanosPerSecond;
  return static_cast<std::uint64_t>(std::clamp(nanos, Wide{0}, kLatest));
}

bool PcapngReader::recognises(std::span<const std::uint8_t> beginning) {
  return load<std::uint32_t>(beginning, 0, std::endian::big) == kSectionHeader;
}

bool PcapngReader::next(Frame& frame) {
  while (!reader_.peek(1).empty()) {
    const Block block = next_block();
    switch (block.type) {
      case kSectionHeader:
        begin_section(block);
        break;
      case kInterfaceDescription:
        add_interface(block);
        break;
      case kEnhancedPacket:
        timed_packet(block, load_at<std::uint32_t>(block, 0), frame);
        return true;
      case kObsoletePacket:
        timed_packet(block, load_at<std::uint16_t>(block, 0), frame);
        return true;
      case kSimplePacket:
        simple_packet(block, frame);
        return true;
      default:  // section 3.1: skipped by whoever does not know it
        break;
    }
  }
  return false;
}

// Section 3.1: type, total length, body, total length.
PcapngReader::Block PcapngReader::next_block() {
  Block block;
  block.offset = reader_.offset();
  const auto head = reader_.peek(kMinBlockBytes);
  if (head.size() < kMinBlockBytes) reader_.take(kMinBlockBytes, "a pcapng block");
  if (recognises(head)) learn_byte_order(block, head);
  block.type = load<std::uint32_t>(head, 0, order_);
  const std::size_t total_bytes = load<std::uint32_t>(head, 4, order_);
  if (total_bytes < kMinBlockBytes || total_bytes > kMaxBlockBytes || total_bytes % 4 != 0) {
    fail(block, "expected a block length from " + std::to_string(kMinBlockBytes) + " to " +
                    std::to_string(kMaxBlockBytes) + " that 4 divides, " + std::to_string(total_bytes) + " came");
  }
  const auto whole = reader_.take(total_bytes, "a pcapng block");
  const std::size_t repeated = load<std::uint32_t>(whole, total_bytes - kBlockTrailerBytes, order_);
  if (repeated != total_bytes) {
    fail(block, "expected the block's length, " + std::to_string(total_bytes) + ", again at its end, " +
                    std::to_string(repeated) + " came");
  }
  block.body = whole.subspan(kBlockHeaderBytes, total_bytes - kMinBlockBytes);
  return block;
}

// Each section has its own; its header's type reads the same in both.
void PcapngReader::learn_byte_order(const Block& block, std::span<const std::uint8_t> head) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    if (load<std::uint32_t>(head, kBlockHeaderBytes, order) == kByteOrderMagic) {
      order_ = order;
      return;
    }
  }
  fail(block, "expected the byte-order magic 1a2b3c4d in a section header, something else came");
}

void PcapngReader::begin_section(const Block& block) {
  const auto major = load_at<std::uint16_t>(block, 4);
  if (major != kMajorVersion) {
    fail(block, "expected version 1 of the pcapng format, version " + std::to_string(major) + " came");
  }
  interfaces_.clear();
}

void PcapngReader::add_interface(const Block& block) {
  if (interfaces_.size() == kMaxInterfaces) {
    fail(block, "expected at most " + std::to_string(kMaxInterfaces) + " interfaces in a section, more came");
  }
  CapturedInterface interface;
  interface.link_type = load_at<std::uint16_t>(block, 0);
  interface.snap_bytes = load_at<std::uint32_t>(block, 4);
  read_options(block, interface);
  interfaces_.push_back(interface);
}

// Section 3.5. What is cut off or of an unexpected size is left at its default.
void PcapngReader::read_options(const Block& block, CapturedInterface& interface) const {
  constexpr std::size_t kOptionHeaderBytes = 4;
  std::span<const std::uint8_t> rest = block.body.subspan(kInterfaceFixedBytes);
  while (rest.size() >= kOptionHeaderBytes) {
    const auto code = load<std::uint16_t>(rest, 0, order_);
    const auto length = load<std::uint16_t>(rest, 2, order_);
    rest = rest.subspan(kOptionHeaderBytes);
    if (code == kEndOfOptions || rest.size() < length) return;
    if (code == kTimeResolution && length == 1) {
      interface.ticks_per_second = ticks_per_second(rest[0]);
      if (interface.ticks_per_second == 0)
        fail(block, "the time stamps of an interface are finer than 64 bits can say");
    }
    if (code == kTimeOffset && length == 8) {
      interface.offset_seconds = static_cast<std::int64_t>(load<std::uint64_t>(rest, 0, order_));
    }
    rest = rest.subspan(std::min(padded(length), rest.size()));
  }
}

// The Enhanced Packet Block and its predecessor differ in how wide the interface's number is.
void PcapngReader::timed_packet(const Block& block, std::uint32_t interface_number, Frame& frame) {
  const CapturedInterface& interface = interface_of(block, interface_number);
  const std::uint64_t ticks = std::uint64_t{load_at<std::uint32_t>(block, 4)} << 32 | load_at<std::uint32_t>(block, 8);
  const std::size_t captured_bytes = load_at<std::uint32_t>(block, 12);
  const auto original_bytes = load_at<std::uint32_t>(block, 16);
  const auto data = block.body.subspan(kTimedPacketFixedBytes);
  if (captured_bytes > data.size()) {
    fail(block, "a packet claims " + std::to_string(captured_bytes) + " bytes, expected at most the " +
                    std::to_string(data.size()) + " of its block");
  }
  last_time_ns_ = interface.time_ns(ticks);
  frame.time_ns = last_time_ns_;
  frame.link_type = interface.link_type;
  frame.bytes = data.first(captured_bytes);
  frame.original_bytes = std::max(original_bytes, static_cast<std::uint32_t>(captured_bytes));
}

// Section 4.4: of the first interface, without a time, cut at the interface's snap length.
void PcapngReader::simple_packet(const Block& block, Frame& frame) {
  const CapturedInterface& interface = interface_of(block, 0);
  const auto original_bytes = load_at<std::uint32_t>(block, 0);
  const auto data = block.body.subspan(kSimplePacketFixedBytes);
  std::size_t captured_bytes = std::min<std::size_t>(original_bytes, data.size());
  if (interface.snap_bytes != 0) captured_bytes = std::min<std::size_t>(captured_bytes, interface.snap_bytes);
  frame.time_ns = last_time_ns_;
  frame.link_type = interface.link_type;
  frame.bytes = data.first(captured_bytes);
  frame.original_bytes = original_bytes;
}

const CapturedInterface& PcapngReader::interface_of(const Block& block, std::uint32_t number) const {
  if (number < interfaces_.size()) return interfaces_[number];
  fail(block, "a packet names interface " + std::to_string(number) + ", expected one of the " +
                  std::to_string(interfaces_.size()) + " described before");
}

template <typename Unsigned>
Unsigned PcapngReader::load_at(const Block& block, std::size_t at) const {
  if (block.body.size() < at + sizeof(Unsigned)) {
    fail(block, "a block of type " + std::to_string(block.type) + " is too short for its fields, its body has " +
                    std::to_string(block.body.size()) + " bytes");
  }
  return load<Unsigned>(block.body, at, order_);
}

void PcapngReader::fail(const Block& block, const std::string& what) const {
  throw FileProblem("The file is damaged at " + reader_.position(block.offset) + ": " + what + ".");
}

}  // namespace podwire::capture
