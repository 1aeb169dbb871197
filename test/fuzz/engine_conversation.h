// What two connections say, and how it passes the hook, made of a fuzz input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fuzz_input.h"

namespace podwire::fuzz {

// How a piece of a conversation passes the hook.
enum class Passage : std::uint8_t { kWhole, kLost, kSwapped, kTwice, kCut };

struct Piece {
  std::string bytes;
  std::size_t connection = 0;
  bool from_server = false;
  bool late = false;          // a second after the one before
  bool acknowledges = false;  // all that the other side has sent
  bool unread = false;        // but for the last piece of it
  bool fin = false;
  Passage passage = Passage::kWhole;
};

// Layout: flags (u8), then pieces: what (u8), how (u8), size (u16), bytes.
struct Conversation {
  bool handshake = false;
  bool scarce = false;
  std::uint32_t body_bytes = 0;  // wanted of each body
  bool undamaged = true;
  std::vector<Piece> pieces;

  explicit Conversation(FuzzInput& input) {
    const std::uint8_t flags = input.byte();
    handshake = (flags & 1U) != 0;
    scarce = (flags & 2U) != 0;
    body_bytes = (flags & 4U) != 0 ? 16 : 0;
    while (!input.empty() && pieces.size() < kMaxPieces) {
      const std::uint8_t what = input.byte();
      const std::uint8_t how = input.byte();
      Piece piece;
      piece.from_server = (what & 1U) != 0;
      piece.connection = (what & 2U) != 0 ? 1 : 0;
      piece.late = (what & 4U) != 0;
      piece.acknowledges = (what & 8U) != 0;
      piece.fin = (what & 0xf0U) == 0xf0U;
      piece.unread = (how & 0x80U) != 0;
      piece.passage = how >= 5 ? Passage::kWhole : static_cast<Passage>(how);
      piece.bytes = input.bytes(input.u16());
      undamaged = undamaged && piece.passage != Passage::kLost && piece.passage != Passage::kCut;
      pieces.push_back(std::move(piece));
    }
  }

 private:
  static constexpr std::size_t kMaxPieces = 200;
};

}  // namespace podwire::fuzz
