// Finds where frames begin in one direction of a connection whose position is not known: after lost bytes, or when the
// reader joined a running connection.
//
// Each byte may begin a frame. One that looks like a frame header opens a chain: its length says where the next header
// stands, and so on. A chain is refuted by a header or a payload that no sender sends there; so are soon all chains but
// the true one, which never is. The others it joins when they come to stand where it does. Frames add evidence, by how
// much they differ from anything else (frame_evidence.h). DATA frames count little: arrays of numbers look like them.
//
// Evidence alone does not tell frames from a body that holds frames, such as a recorded connection: to its end that is
// a chain like any other, and it joins the true one when it ends with its DATA frame. Two things do:
//
// (a) Edges: where one call's bytes end and the next one's begin. Senders write frames as a whole, so a burst begins
//     with a frame and ends with one; bytes in the middle of a body begin and end a segment by chance. A chain is found
//     when it stood at a frame boundary where a call begins, its anchor, and stands at one where a call ends, with
//     kFoundBits of evidence between them. Frames are told from the anchor on. The chain must have no rival: none that
//     began before the anchor, is still alive and has an anchor, too, or kRivalBits: that might be the DATA frame that
//     all these frames are inside of. None is one whose latest frame is longer than receivers allow by default (small
//     numbers make such lengths too easily), nor one that kOverrulingEdgeBits of edges speak against: that a body comes
//     in so many pieces which all end where a frame in it does is unlikely enough.
// (b) Length: no chain stays unbroken inside of DATA frames for longer than kProofBytes, since behind the longest frame
//     stands a header that it takes for something else. A chain is found when it is older than that, has kFoundBits,
//     and has no rival of that age with kOldRivalBits. It may still have begun in a body and have joined the true
//     chain: frames are told from where it stands now, or from its anchor when (a) has nothing against that.
//
// On random bytes a chain comes to kFoundBits with a chance of less than 2^-64 at any byte. What was found by (a) is
// proven when the reader has come as far as (b) asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "http2/frame_chain.h"
#include "http2/frame_evidence.h"
#include "http2/limits.h"
#include "http2/memory_charge.h"
#include "http2/search_window.h"
#include "http2/sender.h"

namespace podwire::http2 {

inline constexpr std::uint32_t kProofBytes = kDefaultMaxFrameBytes + kFrameHeaderBytes;
inline constexpr int kFoundBits = 56;
inline constexpr int kRivalBits = 20;     // one DATA frame
inline constexpr int kOldRivalBits = 32;  // a few
// Of edges at boundaries, one call after the other.
inline constexpr int kOverrulingEdgeBits = 24;
// Chains that are followed at once. Beyond, the one with the least evidence goes.
inline constexpr std::size_t kMaxChains = 64;

enum class SearchOutcome : std::uint8_t { kSearching, kFound, kMemoryFull };

class FrameSearch {
 public:
  // `memory` outlives it.
  FrameSearch(Sender sender, FrameMemory& memory) : charge_(memory), sender_(sender) {}

  // `rest`: to the end of a call's bytes; `begins_call`: from their beginning, too. Consumes all unless found; then
  // what it consumed from the found frame on is in next_piece().
  SearchOutcome add(std::string_view& rest, bool begins_call, std::uint64_t seen_ns);
  // The next byte most likely begins a frame.
  void expect_frame();
  // `bytes` were lost; 0 when their number is not known.
  void gap(std::uint64_t bytes);
  // Bytes added.
  [[nodiscard]] std::uint64_t passed() const { return passed_; }

  // Only after kFound, from the found frame on.
  [[nodiscard]] std::optional<SearchWindow::Piece> next_piece();
  [[nodiscard]] bool proven() const { return proven_; }

 private:
  enum class Edge : std::uint8_t { kNone, kCall, kExpected };

  [[nodiscard]] bool judge_headers();
  [[nodiscard]] Edge next_edge();
  [[nodiscard]] bool advance_chains(std::uint64_t position, Edge edge);
  void open_chain(std::uint64_t position, Edge edge);
  [[nodiscard]] bool end_call();
  void read_payloads(std::uint64_t position);
  void join_chains(std::size_t one);
  [[nodiscard]] bool has_rival(const FrameChain& chain) const;
  [[nodiscard]] bool found_by_edges(const FrameChain& chain) const;
  [[nodiscard]] bool found_by_length(const FrameChain& chain, std::uint64_t position) const;
  void update_due();
  void forget_old();
  [[nodiscard]] bool charge();

  SearchWindow window_;
  std::vector<FrameChain> chains_;
  std::uint64_t due_ = UINT64_MAX;       // the next header of any chain
  std::uint64_t judged_ = 0;             // before it, each position was tried
  std::uint64_t call_begin_ = 0;         // of the latest call
  std::uint64_t expected_ = UINT64_MAX;  // see expect_frame
  std::uint64_t passed_ = 0;
  std::uint64_t found_ = 0;
  std::uint32_t edges_ = 0;  // bit n: at judged_ + n a call begins
  MemoryCharge charge_;
  Sender sender_;
  bool proven_ = false;
};

}  // namespace podwire::http2
