// FrameReader: from a position that is not known to one that is.
#include "http2/frame_reader_input.h"
#include "http2/frame_search.h"
#include "http2/payload_buffer.h"

namespace podwire::http2 {

void FrameReader::search() {
  if (phase_ == Phase::kFailed) return;
  buffer_.reset();
  search_.reset();
  phase_ = Phase::kSearching;
  kept_bytes_ = 0;
  block_stream_ = 0;
  block_lost_ = false;
  first_frame_ = false;
  expecting_ = false;
  proven_ = false;
}

void FrameReader::expect_frame() {
  if (searching()) expecting_ = true;
}

bool FrameReader::searching() const { return phase_ == Phase::kSearching; }

bool FrameReader::position_certain() const { return proven_; }

std::uint64_t FrameReader::searched_bytes() const { return search_ ? search_->passed() : 0; }

ReadOutcome FrameReader::search_frame(Input& input) {
  if (!search_) search_ = std::make_unique<FrameSearch>(sender_, memory_);
  if (expecting_) search_->expect_frame();
  expecting_ = false;
  switch (search_->add(input.rest, input.at_begin(), input.seen_ns)) {
    case SearchOutcome::kSearching:
      return ReadOutcome::kReading;
    case SearchOutcome::kMemoryFull:
      return ReadOutcome::kMemoryFull;
    case SearchOutcome::kFound:
      break;
  }
  const ReadOutcome outcome = replay(input.events);
  input.events.seen_at(input.seen_ns);
  return outcome;
}

ReadOutcome FrameReader::replay(FrameEvents& events) {
  const std::unique_ptr<FrameSearch> found = std::move(search_);
  phase_ = Phase::kHeader;
  proven_ = found->proven();
  since_found_ = 0;
  ReadOutcome outcome = ReadOutcome::kReading;
  while (const auto piece = found->next_piece()) {
    Input input{.rest = piece->bytes, .seen_ns = piece->seen_ns, .events = events};
    events.seen_at(piece->seen_ns);
    outcome = read(input);
    if (outcome != ReadOutcome::kReading) break;
  }
  return outcome;
}

// What was found without proof is no frame: its would-be header is searched, too.
ReadOutcome FrameReader::search_again(Input& input) {
  const std::array<char, kFrameHeaderBytes> header = kept_;
  input.events.position_refuted();
  search();
  Input again{.rest = {header.data(), header.size()}, .seen_ns = input.seen_ns, .events = input.events};
  return search_frame(again);
}

}  // namespace podwire::http2
