// Bytes of one direction that came before their turn.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "tcp/memory_budget.h"
#include "tcp/sequence.h"

namespace podwire::tcp {

// What a segment says of its bytes.
struct SegmentSeen {
  std::uint64_t monotime_ns = 0;
  std::optional<std::uint32_t> acknowledgment{};  // as it was on the wire
  // What the source left out behind the captured bytes ends before this number.
  std::optional<std::uint32_t> left_out_until{};
};

// A run of bytes of one segment. `bytes` is null when they passed but were not captured.
struct BufferedPiece {
  Position position = 0;
  std::uint32_t size = 0;
  SegmentSeen seen;
  std::unique_ptr<std::uint8_t[]> bytes;

  [[nodiscard]] Position end() const { return position + size; }
  [[nodiscard]] std::span<const std::uint8_t> captured() const {
    return bytes ? std::span<const std::uint8_t>(bytes.get(), size) : std::span<const std::uint8_t>();
  }
};

// Pieces are disjoint and sorted; where segments overlap, what came first stays. Each piece, and a FIN, is charged for
// its bookkeeping too, so one bound holds for many tiny segments as for few large ones. An insertion costs O(log n) and
// one step per piece it meets, of which there are never more than bytes.
class SegmentBuffer {
 public:
  // Not less than a map node, an allocation and their headers, and of a single piece also this object, its connection's
  // Reordering and the stream's place in the queue of those that wait.
  static constexpr std::uint64_t kPieceOverheadBytes = 336;

  struct Front {
    Position position = 0;
    std::uint64_t seen_monotime_ns = 0;
    bool fin = false;
  };

  explicit SegmentBuffer(BufferAccount& account) : account_(account) {}
  ~SegmentBuffer();
  SegmentBuffer(const SegmentBuffer&) = delete;
  SegmentBuffer& operator=(const SegmentBuffer&) = delete;

  // Keeps the part of [position, position + size) that is not there yet; `captured` is the beginning of it. How far it
  // came: short of position + size when the account refuses more. Then go on from there when there is room.
  [[nodiscard]] Position insert(Position position, std::span<const std::uint8_t> captured, std::uint32_t size,
                                const SegmentSeen& seen);
  enum class FinOutcome : std::uint8_t { kKept, kElsewhere, kNoRoom };
  // The FIN's own sequence number, right after the last byte. Only the first one counts.
  [[nodiscard]] FinOutcome set_fin(Position position, std::uint64_t seen_monotime_ns);

  [[nodiscard]] bool empty() const { return pieces_.empty() && !fin_; }
  [[nodiscard]] std::optional<Position> fin() const;
  // The lowest thing that waits, FIN first at equal positions. Not for an empty buffer.
  [[nodiscard]] Front front() const;
  // Removes the lowest piece. Not when there is none.
  [[nodiscard]] BufferedPiece take_front();

 private:
  [[nodiscard]] Position keep(Position position, std::span<const std::uint8_t> captured, std::uint32_t size,
                              const SegmentSeen& seen);
  [[nodiscard]] static std::uint64_t charge(const BufferedPiece& piece);

  BufferAccount& account_;
  std::map<Position, BufferedPiece> pieces_;
  struct Fin {
    Position position;
    std::uint64_t seen_monotime_ns;
  };
  std::optional<Fin> fin_;
};

}  // namespace podwire::tcp
