// pcap: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html
#pragma once

#include <bit>

#include "capture/file/byte_reader.h"
#include "capture/file/frame_reader.h"

namespace podwire::capture {

class PcapReader final : public FrameReader {
 public:
  // Does the file begin with one of pcap's magic numbers? `beginning` is at least 4 bytes.
  [[nodiscard]] static bool recognises(std::span<const std::uint8_t> beginning);
  // Reads the file header; `reader` must outlive this. Throws FileProblem.
  explicit PcapReader(ByteReader& reader);

  [[nodiscard]] bool next(Frame& frame) override;

 private:
  ByteReader& reader_;
  std::endian order_;
  std::uint32_t fraction_ns_;  // of the second part of a time stamp
  std::size_t record_header_bytes_;
  std::uint16_t link_type_ = 0;
  std::uint64_t packet_number_ = 0;
};

}  // namespace podwire::capture
