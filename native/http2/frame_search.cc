#include "http2/frame_search.h"

#include <algorithm>

namespace podwire::http2 {
namespace {

constexpr std::size_t kPieceBytes = 4'096;  // added at once: what follows a found frame is hardly ever copied
constexpr std::size_t kMaxTimes = 1'024;    // kept; beyond, no frame is told from an anchor
constexpr std::uint64_t kMaxAnchorBytes = 2 * std::uint64_t{kProofBytes};
static_assert(kMaxAnchorBytes + 3 * kPieceBytes <= kMaxSearchBytes);

constexpr int kMinOpeningBits = 16;
constexpr int kExpectedBits = 16;

// Whether a header here could have kMinOpeningBits, at a glance. CONTINUATION and unknown types have not.
bool may_open(const char* header) {
  return header[0] == 0 && static_cast<std::uint8_t>(header[3]) <= static_cast<std::uint8_t>(FrameType::kWindowUpdate);
}

bool less_evidence(const FrameChain& one, const FrameChain& other) { return one.bits() < other.bits(); }

// It would stay alive without any further evidence for longer than others need to be proven.
bool is_far_ahead(const FrameChain& chain) { return chain.next() - chain.frame() > kProofBytes; }

// Of a chain with an anchor, by rule (a).
bool is_rival(const FrameChain& other, const FrameChain& chain) {
  if (other.begin() >= *chain.anchor() || is_far_ahead(other)) return false;
  if (chain.edge_bits_since_anchor() >= other.edge_bits_since_anchor() + kOverrulingEdgeBits) return false;
  return other.anchor().has_value() || other.bits() >= kRivalBits;
}

// When two chains become one they are rivals no more, but the frames behind an anchor stay doubtful.
void drop_doubtful_anchors(FrameChain& one, FrameChain& other) {
  const bool drop_one = one.anchor() && is_rival(other, one);
  const bool drop_other = other.anchor() && is_rival(one, other);
  if (drop_one) one.forget_anchor();
  if (drop_other) other.forget_anchor();
}

}  // namespace

SearchOutcome FrameSearch::add(std::string_view& rest, bool begins_call, std::uint64_t seen_ns) {
  call_begin_ = window_.end();
  if (begins_call) edges_ |= 1U << (call_begin_ - judged_);
  while (!rest.empty()) {
    const std::string_view piece = rest.substr(0, kPieceBytes);
    window_.append(piece, seen_ns);
    passed_ += piece.size();
    rest.remove_prefix(piece.size());
    if (judge_headers()) return SearchOutcome::kFound;
    if (rest.empty() && end_call()) return SearchOutcome::kFound;
    forget_old();
    if (!charge()) return SearchOutcome::kMemoryFull;
  }
  return SearchOutcome::kSearching;
}

void FrameSearch::expect_frame() { expected_ = window_.end(); }

void FrameSearch::gap(std::uint64_t bytes) {
  const std::uint64_t position = window_.end() + bytes;
  std::erase_if(chains_, [&](FrameChain& chain) {
    chain.forget_anchor();
    return bytes == 0 || chain.payload_due() || chain.next() < position;
  });
  update_due();
  window_.restart(position);
  judged_ = position;
  edges_ = 0;
  expected_ = UINT64_MAX;
}

std::optional<SearchWindow::Piece> FrameSearch::next_piece() {
  const SearchWindow::Piece piece = window_.piece(found_);
  if (piece.bytes.empty()) return std::nullopt;
  found_ += piece.bytes.size();
  return piece;
}

bool FrameSearch::judge_headers() {
  const std::uint64_t end = window_.end();
  const std::string_view bytes = window_.view(judged_, static_cast<std::size_t>(end - judged_));
  for (std::size_t i = 0; i + kFrameHeaderBytes <= bytes.size(); ++i) {
    const std::uint64_t position = judged_;
    const bool opens = may_open(bytes.data() + i);
    if (!opens && position != due_ && position != expected_ && edges_ == 0) {
      ++judged_;
      continue;
    }
    const Edge edge = next_edge();
    if (position == due_) {
      if (advance_chains(position, edge)) return true;
    } else if (opens) {
      open_chain(position, edge);
    }
  }
  return false;
}

// At judged_, which moves on.
FrameSearch::Edge FrameSearch::next_edge() {
  const bool begins_call = (edges_ & 1U) != 0;
  const bool expected = judged_ == expected_;
  if (begins_call || expected) {
    const std::string_view bytes = window_.view(judged_, kFrameHeaderBytes);
    if (kConnectionPreface.starts_with(bytes)) expected_ = judged_ + kConnectionPreface.size();
  }
  edges_ >>= 1U;
  ++judged_;
  if (expected) return Edge::kExpected;
  return begins_call ? Edge::kCall : Edge::kNone;
}

// Those whose next header stands at `position`.
bool FrameSearch::advance_chains(std::uint64_t position, Edge edge) {
  read_payloads(position);
  const std::string_view header = window_.view(position, kFrameHeaderBytes);
  std::erase_if(chains_, [&](FrameChain& chain) {
    if (chain.next() != position) return false;
    if (edge != Edge::kNone) chain.anchor_here();
    return !chain.read_header(header, sender_);
  });
  const auto advanced =
      std::find_if(chains_.begin(), chains_.end(), [&](const FrameChain& chain) { return chain.frame() == position; });
  if (advanced == chains_.end()) {
    update_due();
    open_chain(position, edge);
    return false;
  }
  join_chains(static_cast<std::size_t>(advanced - chains_.begin()));
  update_due();
  if (!found_by_length(*advanced, position)) return false;
  const bool from_anchor = advanced->bits_since_anchor() >= kFoundBits && !has_rival(*advanced);
  if (!from_anchor && advanced->continues_block()) return false;  // nobody who begins here knows the block
  found_ = from_anchor ? *advanced->anchor() : position;
  proven_ = !from_anchor;
  return true;
}

void FrameSearch::open_chain(std::uint64_t position, Edge edge) {
  const std::string_view header = window_.view(position, kFrameHeaderBytes);
  if (!may_open(header.data())) return;
  const std::optional<int> bits = header_evidence(header, sender_);
  if (!bits || *bits < kMinOpeningBits) return;
  FrameChain chain(position);
  if (edge != Edge::kNone) chain.anchor_here();
  if (edge == Edge::kExpected) chain.add(kExpectedBits);
  if (!chain.read_header(header, sender_)) return;
  if (chains_.size() == kMaxChains) {
    const auto weakest = std::min_element(chains_.begin(), chains_.end(), less_evidence);
    if (!less_evidence(*weakest, chain)) return;
    chains_.erase(weakest);
  }
  chains_.push_back(chain);
  update_due();
}

// Where a call ends. True: found.
bool FrameSearch::end_call() {
  const std::uint64_t end = window_.end();
  read_payloads(end);
  bool found = false;
  for (std::size_t i = 0; i < chains_.size() && !found; ++i) {
    const bool at_next = chains_[i].next() == end;
    if (at_next) join_chains(i);
    chains_[i].end_call(end - call_begin_, at_next);
    if (!at_next) continue;
    found = found_by_edges(chains_[i]);
    if (found) found_ = *chains_[i].anchor();
  }
  update_due();
  return found;
}

// Of the frames that end at `position`.
void FrameSearch::read_payloads(std::uint64_t position) {
  std::erase_if(chains_, [&](FrameChain& chain) {
    if (chain.next() != position || !chain.payload_due()) return false;
    const std::uint64_t payload = chain.frame() + kFrameHeaderBytes;
    return !chain.read_payload(window_.view(payload, static_cast<std::size_t>(position - payload)), sender_);
  });
}

// Those that stand where this one does.
void FrameSearch::join_chains(std::size_t one) {
  for (std::size_t other = chains_.size() - 1; other > one; --other) {
    if (!chains_[one].is_joined(chains_[other])) continue;
    drop_doubtful_anchors(chains_[one], chains_[other]);
    chains_[one].join(chains_[other]);
    chains_.erase(chains_.begin() + static_cast<std::ptrdiff_t>(other));
  }
}

// Rule (a).
bool FrameSearch::has_rival(const FrameChain& chain) const {
  return std::any_of(chains_.begin(), chains_.end(),
                     [&](const FrameChain& other) { return &other != &chain && is_rival(other, chain); });
}

bool FrameSearch::found_by_edges(const FrameChain& chain) const {
  return chain.bits_since_anchor() >= kFoundBits && *chain.anchor() < window_.end() && !has_rival(chain);
}

// Rule (b).
bool FrameSearch::found_by_length(const FrameChain& chain, std::uint64_t position) const {
  const auto old_enough = [&](const FrameChain& one) { return position > one.begin() + kProofBytes; };
  if (!old_enough(chain) || chain.bits() < kFoundBits) return false;
  return std::none_of(chains_.begin(), chains_.end(), [&](const FrameChain& other) {
    return &other != &chain && old_enough(other) && other.bits() >= kOldRivalBits && !is_far_ahead(other);
  });
}

void FrameSearch::update_due() {
  due_ = UINT64_MAX;
  for (const FrameChain& chain : chains_) due_ = std::min(due_, chain.next());
}

// Anchors that lie too far back, and the bytes that no chain needs.
void FrameSearch::forget_old() {
  const bool too_many = window_.times() > kMaxTimes;
  std::uint64_t needed = judged_;
  // Too many times: nothing that needs bytes of earlier calls is followed.
  if (too_many) std::erase_if(chains_, [](const FrameChain& chain) { return chain.payload_due(); });
  if (too_many) update_due();
  for (FrameChain& chain : chains_) {
    if (too_many || (chain.anchor() && window_.end() - *chain.anchor() > kMaxAnchorBytes)) chain.forget_anchor();
    if (chain.anchor()) needed = std::min(needed, *chain.anchor());
    if (chain.payload_due()) needed = std::min(needed, chain.frame());
  }
  window_.forget_before(needed);
}

bool FrameSearch::charge() {
  return charge_.set(sizeof(FrameSearch) + window_.cost() + chains_.capacity() * sizeof(FrameChain));
}

}  // namespace podwire::http2
