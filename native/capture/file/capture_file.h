// A capture file as a sequence of TCP segments.
#pragma once

#include <memory>
#include <optional>

#include "capture/file/byte_reader.h"
#include "capture/file/frame_reader.h"
#include "tcp/segment.h"

namespace podwire::capture {

// Unit: packets; so far.
struct FileCounters {
  std::uint64_t packets = 0;      // of any kind
  std::uint64_t tcp_packets = 0;  // that a live capture would have counted: with payload, SYN, FIN or RST
  std::uint64_t ip_fragments = 0;
  std::uint64_t unreadable = 0;  // malformed IP or TCP headers
  std::uint64_t truncated = 0;   // captured only in part
};

// pcap or pcapng, gzip of either. One thread. Memory does not grow with the file.
class CaptureFile {
 public:
  // Reads as far as is needed to know the format. Throws FileProblem, ReadAborted.
  explicit CaptureFile(std::unique_ptr<ByteSource> source);

  // The next segment that a live capture would hand over; its payload is valid until the next call, its time is the
  // file's, in nanoseconds since 1970. False at the end. Throws FileProblem, ReadAborted; then there is no more.
  [[nodiscard]] bool next(tcp::Segment& segment);
  [[nodiscard]] const FileCounters& counters() const { return counters_; }

 private:
  [[nodiscard]] bool segment_of(const Frame& frame, tcp::Segment& segment);

  std::unique_ptr<ByteReader> reader_;
  std::unique_ptr<FrameReader> frames_;
  FileCounters counters_;
  std::optional<std::uint16_t> unreadable_link_type_;  // the first that came
};

}  // namespace podwire::capture
