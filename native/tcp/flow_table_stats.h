// What a flow table counts. The first five tell how things stand, all others only grow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tcp/connection_sink.h"

namespace podwire::tcp {

constexpr std::size_t kGapCauses = static_cast<std::size_t>(GapCause::kSequenceJump) + 1;
constexpr std::size_t kCloseCauses = static_cast<std::size_t>(CloseCause::kDetached) + 1;

struct GapCount {
  std::uint64_t gaps = 0;
  std::uint64_t bytes = 0;  // without those of unknown size
};

struct FlowTableStats {
  std::size_t flows = 0;             // with a sink
  std::size_t resting = 0;           // of them: ConnectionSink::rest
  std::size_t lingering = 0;         // ended or ignored, remembered by address and port only
  std::uint64_t buffered_bytes = 0;  // waiting for earlier ones, with bookkeeping
  std::uint64_t flow_bytes = 0;      // as FlowLimits::total_flow_bytes counts

  std::uint64_t segments = 0;
  std::uint64_t opened = 0;
  std::uint64_t joined_late = 0;
  std::uint64_t ignored = 0;                         // flows whose sink wanted no more, or that got none
  std::array<std::uint64_t, kCloseCauses> closed{};  // by CloseCause
  std::array<GapCount, kGapCauses> gaps{};           // by GapCause
  std::uint64_t data_bytes = 0;
  std::uint64_t skipped_bytes = 0;
  std::uint64_t reorder_steps = 0;  // the work of reordering: pieces met when others were sorted in, and taken out

  // Segments that told nothing new.
  std::uint64_t old_segments = 0;                 // wholly before what was told: retransmissions, keep-alives
  std::uint64_t after_end_segments = 0;           // after the FIN or RST of their side, or of a lingering flow
  std::uint64_t stray_segments = 0;               // without payload or SYN, of a flow that is not known
  std::uint64_t out_of_window_segments = 0;       // too far from what was seen
  std::uint64_t implausible_resets = 0;           // RST too far from what was seen
  std::uint64_t implausible_acknowledgments = 0;  // further ahead than a window
  std::uint64_t misplaced_fins = 0;               // before bytes that were told, or a second one elsewhere
};

}  // namespace podwire::tcp
