// Capture files: pcap, pcapng and gzip of either, read in pieces of any size.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "capture/file/capture_file.h"
#include "capture/file/file_problem.h"
#include "fuzz_input.h"
#include "property.h"

namespace podwire::fuzz {
namespace {

class MemorySource final : public capture::ByteSource {
 public:
  // Hands over at most `piece_bytes` at once, the first time `first_bytes`.
  MemorySource(std::string_view bytes, std::size_t first_bytes, std::size_t piece_bytes)
      : rest_(bytes), next_(first_bytes), piece_bytes_(piece_bytes) {}

  [[nodiscard]] std::size_t read(std::span<std::uint8_t> into) override {
    require(!into.empty(), "a source is asked for at least one byte");
    const std::size_t size = std::min({std::max<std::size_t>(next_, 1), into.size(), rest_.size()});
    std::copy_n(rest_.begin(), size, into.begin());
    rest_.remove_prefix(size);
    next_ = piece_bytes_;
    return size;
  }

 private:
  std::string_view rest_;
  std::size_t next_;
  std::size_t piece_bytes_;
};

constexpr std::size_t kMaxSegments = 2'000;

struct Read {
  std::vector<tcp::Segment> segments;  // their payloads point nowhere
  std::vector<std::string> payloads;
  std::string text;
};

std::string words_of(const tcp::Segment& segment, std::string_view payload) {
  std::string words = std::to_string(segment.seen_monotime_ns) + ' ';
  for (const tcp::Endpoint* end : {&segment.source, &segment.destination}) {
    for (const std::uint8_t octet : end->address.octets()) words += std::to_string(octet) + '.';
    words += ':' + std::to_string(end->port) + ' ';
  }
  words += std::to_string(segment.sequence) + ' ' + std::to_string(segment.acknowledgment) + ' ' +
           (segment.flags.syn ? "S" : "") + (segment.flags.ack ? "A" : "") + (segment.flags.fin ? "F" : "") +
           (segment.flags.rst ? "R" : "") + ' ' + std::to_string(segment.payload_bytes) + ' ';
  return words.append(payload) + '\n';
}

void check_growth(const capture::FileCounters& before, const capture::FileCounters& now, bool counted) {
  require(now.packets > before.packets && now.tcp_packets == before.tcp_packets + (counted ? 1 : 0) &&
              now.ip_fragments >= before.ip_fragments && now.unreadable >= before.unreadable &&
              now.truncated >= before.truncated,
          "counters count what is read");
}

Read read_file(std::string_view bytes, std::size_t first_bytes, std::size_t piece_bytes) {
  Read read;
  try {
    capture::CaptureFile file(std::make_unique<MemorySource>(bytes, first_bytes, piece_bytes));
    tcp::Segment segment;
    capture::FileCounters before;
    while (read.segments.size() < kMaxSegments && file.next(segment)) {
      const bool counted = segment.payload_bytes > 0 || segment.flags.syn || segment.flags.fin || segment.flags.rst;
      check_growth(before, file.counters(), counted);
      before = file.counters();
      require(segment.payload.size() <= segment.payload_bytes, "no more is captured than passed");
      require(counted || segment.flags.ack, "a segment says something");
      read.payloads.emplace_back(segment.payload.begin(), segment.payload.end());
      read.text += words_of(segment, read.payloads.back());
      segment.payload = {};
      read.segments.push_back(segment);
    }
    const capture::FileCounters& counters = file.counters();
    read.text += "packets " + std::to_string(counters.packets) + ' ' + std::to_string(counters.ip_fragments) + ' ' +
                 std::to_string(counters.unreadable) + ' ' + std::to_string(counters.truncated) + '\n';
  } catch (const capture::FileProblem& problem) {
    require(problem.what()[0] != '\0', "a problem is told in words");
    read.text += problem.what();
  }
  return read;
}

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xffU);
}

// Raw IP (link type 101) with the least headers: RFC 791, section 3.1; RFC 8200, section 3; RFC 9293, section 3.1.
std::string packet_of(const tcp::Segment& segment, std::string_view payload) {
  std::string packet;
  if (segment.source.address.version == 4) {
    packet = std::string("\x45\0", 2);
    put(packet, 0, 2);  // the captured size counts, which any packet fits
    packet += std::string("\0\0\0\0\x40\x06\0\0", 8);
  } else {
    packet = std::string("\x60\0\0\0", 4);
    put(packet, 0, 2);
    packet += std::string("\x06\x40", 2);
  }
  for (const tcp::Endpoint* end : {&segment.source, &segment.destination}) {
    for (const std::uint8_t octet : end->address.octets()) packet += static_cast<char>(octet);
  }
  put(packet, segment.source.port, 2);
  put(packet, segment.destination.port, 2);
  put(packet, segment.sequence, 4);
  put(packet, segment.acknowledgment, 4);
  packet += '\x50';
  packet += static_cast<char>((segment.flags.fin ? 1 : 0) + (segment.flags.syn ? 2 : 0) + (segment.flags.rst ? 4 : 0) +
                              (segment.flags.ack ? 16 : 0));
  packet += std::string(6, '\0');
  return packet.append(payload);
}

// What was read, written as the plainest pcap, is read again the same.
void check_round_trip(const Read& read) {
  std::string file;
  put(file, 0xa1b23c4d, 4);  // nanoseconds, big-endian
  put(file, 0x00020004, 4);
  put(file, 0, 8);
  put(file, 262'144, 4);
  put(file, 101, 4);
  std::string expected;
  constexpr std::uint64_t kNanosPerSecond = 1'000'000'000;
  for (std::size_t i = 0; i < read.segments.size(); ++i) {
    tcp::Segment segment = read.segments[i];
    const std::string packet = packet_of(segment, read.payloads[i]);
    segment.seen_monotime_ns %= std::uint64_t{0xffff'ffff} * kNanosPerSecond;  // pcap has 32 bits of seconds
    put(file, segment.seen_monotime_ns / kNanosPerSecond, 4);
    put(file, segment.seen_monotime_ns % kNanosPerSecond, 4);
    put(file, packet.size(), 4);
    put(file, packet.size() + segment.payload_bytes - read.payloads[i].size(), 4);
    file += packet;
    expected += words_of(segment, read.payloads[i]);
  }
  const std::string again = read_file(file, file.size(), file.size()).text;
  require_same(again.substr(0, again.rfind("packets ")), expected, "what was read is read again");
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const std::uint16_t split = input.u16();
  const std::string_view bytes = input.rest();
  const Read whole = read_file(bytes, bytes.size(), bytes.size());
  require_same(whole.text, read_file(bytes, split, bytes.size()).text, "a split in two changes nothing");
  require_same(whole.text, read_file(bytes, 1, 1).text, "byte by byte is as whole");
  if (!whole.segments.empty()) check_round_trip(whole);
  return 0;
}
