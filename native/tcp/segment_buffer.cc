#include "tcp/segment_buffer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace podwire::tcp {

SegmentBuffer::~SegmentBuffer() {
  for (const auto& [position, piece] : pieces_) account_.give_back(charge(piece));
  if (fin_) account_.give_back(kPieceOverheadBytes);
}

std::uint64_t SegmentBuffer::charge(const BufferedPiece& piece) {
  return kPieceOverheadBytes + (piece.bytes ? piece.size : 0);
}

Position SegmentBuffer::insert(Position position, std::span<const std::uint8_t> captured, std::uint32_t size,
                               const SegmentSeen& seen) {
  const Position end = position + size;
  Position cursor = position;
  auto next = pieces_.upper_bound(position);
  if (next != pieces_.begin()) cursor = std::max(cursor, std::prev(next)->second.end());
  while (cursor < end) {
    account_.step();
    const Position stop = next == pieces_.end() ? end : std::min(end, next->first);
    if (cursor < stop) {
      const auto offset = static_cast<std::size_t>(cursor - position);
      const auto rest = captured.subspan(std::min(offset, captured.size()));
      cursor = keep(cursor, rest, static_cast<std::uint32_t>(stop - cursor), seen);
      if (cursor < stop) return cursor;
    }
    if (next == pieces_.end()) break;
    cursor = next->second.end();
    ++next;
  }
  return end;
}

// How far it came.
Position SegmentBuffer::keep(Position position, std::span<const std::uint8_t> captured, std::uint32_t size,
                             const SegmentSeen& seen) {
  const auto known = static_cast<std::uint32_t>(std::min<std::size_t>(captured.size(), size));
  if (known > 0) {
    if (!account_.take(kPieceOverheadBytes + known)) return position;
    auto bytes = std::make_unique_for_overwrite<std::uint8_t[]>(known);
    std::copy_n(captured.begin(), known, bytes.get());
    pieces_.emplace(position, BufferedPiece{position, known, seen, std::move(bytes)});
  }
  if (known < size) {
    if (!account_.take(kPieceOverheadBytes)) return position + known;
    pieces_.emplace(position + known, BufferedPiece{position + known, size - known, seen, nullptr});
  }
  return position + size;
}

SegmentBuffer::FinOutcome SegmentBuffer::set_fin(Position position, std::uint64_t seen_monotime_ns) {
  if (fin_) return fin_->position == position ? FinOutcome::kKept : FinOutcome::kElsewhere;
  if (!account_.take(kPieceOverheadBytes)) return FinOutcome::kNoRoom;
  fin_ = Fin{position, seen_monotime_ns};
  return FinOutcome::kKept;
}

std::optional<Position> SegmentBuffer::fin() const { return fin_ ? std::optional(fin_->position) : std::nullopt; }

SegmentBuffer::Front SegmentBuffer::front() const {
  if (fin_ && (pieces_.empty() || fin_->position <= pieces_.begin()->first)) {
    return {fin_->position, fin_->seen_monotime_ns, true};
  }
  const BufferedPiece& piece = pieces_.begin()->second;
  return {piece.position, piece.seen.monotime_ns, false};
}

BufferedPiece SegmentBuffer::take_front() {
  BufferedPiece piece = std::move(pieces_.begin()->second);
  pieces_.erase(pieces_.begin());
  account_.step();
  account_.give_back(charge(piece));
  return piece;
}

}  // namespace podwire::tcp
