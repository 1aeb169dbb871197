// pcapng: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html
#pragma once

#include <bit>
#include <vector>

#include "capture/file/byte_reader.h"
#include "capture/file/frame_reader.h"

namespace podwire::capture {

// Described by an Interface Description Block; section 4.2.
struct CapturedInterface {
  std::uint16_t link_type = 0;
  std::uint32_t snap_bytes = 0;                // 0: no limit
  std::uint64_t ticks_per_second = 1'000'000;  // if_tsresol
  std::int64_t offset_seconds = 0;             // if_tsoffset

  // Saturates at the ends of what 63 bits of nanoseconds can say.
  [[nodiscard]] std::uint64_t time_ns(std::uint64_t ticks) const;
};

class PcapngReader final : public FrameReader {
 public:
  // Does the file begin with a Section Header Block? `beginning` is at least 4 bytes.
  [[nodiscard]] static bool recognises(std::span<const std::uint8_t> beginning);
  // `reader` must outlive this.
  explicit PcapngReader(ByteReader& reader) : reader_(reader) {}

  [[nodiscard]] bool next(Frame& frame) override;

 private:
  struct Block {
    std::uint32_t type = 0;
    std::uint64_t offset = 0;  // of its first byte
    std::span<const std::uint8_t> body;
  };

  [[nodiscard]] Block next_block();
  void learn_byte_order(const Block& block, std::span<const std::uint8_t> head);
  void begin_section(const Block& block);
  void add_interface(const Block& block);
  void read_options(const Block& block, CapturedInterface& interface) const;
  void timed_packet(const Block& block, std::uint32_t interface_number, Frame& frame);
  void simple_packet(const Block& block, Frame& frame);
  [[nodiscard]] const CapturedInterface& interface_of(const Block& block, std::uint32_t number) const;
  // Of the block's body; a body that does not reach so far is damage.
  template <typename Unsigned>
  [[nodiscard]] Unsigned load_at(const Block& block, std::size_t at) const;
  [[noreturn]] void fail(const Block& block, const std::string& what) const;

  ByteReader& reader_;
  std::endian order_ = std::endian::little;
  std::vector<CapturedInterface> interfaces_;  // of this section
  std::uint64_t last_time_ns_ = 0;             // of a Simple Packet Block, which has none
};

}  // namespace podwire::capture
