#include "capture/file/capture_file.h"

#include "capture/file/file_problem.h"
#include "capture/file/ip_packet.h"
#include "capture/file/link_layer.h"
#include "capture/file/pcap_reader.h"
#include "capture/file/pcapng_reader.h"

namespace podwire::capture {

namespace {

constexpr std::size_t kMagicBytes = 4;

std::string in_hex(std::span<const std::uint8_t> bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (!text.empty()) text += ' ';
    text += kDigits[byte / 16];
    text += kDigits[byte % 16];
  }
  return text;
}

// RFC 1952, section 2.3.1.
bool is_gzip(std::span<const std::uint8_t> beginning) {
  return beginning.size() >= 2 && beginning[0] == 0x1f && beginning[1] == 0x8b;
}

std::unique_ptr<FrameReader> open_format(ByteReader& reader) {
  const auto beginning = reader.peek(kMagicBytes);
  if (beginning.empty()) throw FileProblem("The file is empty: expected a pcap or pcapng file.");
  if (beginning.size() == kMagicBytes) {
    if (PcapngReader::recognises(beginning)) return std::make_unique<PcapngReader>(reader);
    if (PcapReader::recognises(beginning)) return std::make_unique<PcapReader>(reader);
  }
  throw FileProblem("Expected a pcap or pcapng file, or gzip of one, which begins with a1 b2 c3 d4, d4 c3 b2 a1, " +
                    std::string("0a 0d 0d 0a or 1f 8b, but ") + in_hex(beginning) + " came at " + reader.position(0) +
                    ".");
}

// What the kernel program lets through, too.
bool is_counted(const tcp::Segment& segment) {
  return segment.payload_bytes > 0 || segment.flags.syn || segment.flags.fin || segment.flags.rst;
}

}  // namespace

CaptureFile::CaptureFile(std::unique_ptr<ByteSource> source)
    : reader_(std::make_unique<ByteReader>(std::move(source))) {
  if (is_gzip(reader_->peek(kMagicBytes))) reader_->decompress();
  frames_ = open_format(*reader_);
}

bool CaptureFile::next(tcp::Segment& segment) {
  Frame frame;
  while (frames_->next(frame)) {
    ++counters_.packets;
    segment.seen_monotime_ns = frame.time_ns;
    if (segment_of(frame, segment)) return true;
  }
  if (unreadable_link_type_) {
    throw FileProblem("Packets of link type " + std::to_string(*unreadable_link_type_) + " were left out: expected " +
                      kReadableLinkTypes + ".");
  }
  return false;
}

bool CaptureFile::segment_of(const Frame& frame, tcp::Segment& segment) {
  if (!is_readable_link_type(frame.link_type)) {
    if (!unreadable_link_type_) unreadable_link_type_ = frame.link_type;
    return false;
  }
  const LinkResult link = find_ip(frame.link_type, frame.bytes);
  if (link.payload == LinkPayload::kOther) return false;
  IpOutcome outcome = IpOutcome::kCut;
  if (link.payload == LinkPayload::kIp) {
    outcome = parse_ip(frame.bytes.subspan(link.ip_offset), frame.original_bytes - link.ip_offset, segment);
  }
  switch (outcome) {
    case IpOutcome::kNotTcp:
      return false;
    case IpOutcome::kFragment:
      ++counters_.ip_fragments;
      return false;
    case IpOutcome::kMalformed:
      ++counters_.unreadable;
      return false;
    case IpOutcome::kCut:
      // A frame that is whole and still too short for its headers was never a packet.
      ++(frame.bytes.size() < frame.original_bytes ? counters_.truncated : counters_.unreadable);
      return false;
    case IpOutcome::kSegment:
      break;
  }
  // An acknowledgment alone is not counted, but proves what was received.
  if (!is_counted(segment)) return segment.flags.ack;
  ++counters_.tcp_packets;
  if (segment.payload.size() < segment.payload_bytes) ++counters_.truncated;
  return true;
}

}  // namespace podwire::capture
