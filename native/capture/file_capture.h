// A capture file through the same pipeline as a live capture, for one tap that judges every exchange of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "capture/batch.h"
#include "capture/file/stop_signal.h"

namespace podwire::capture {

struct FileCaptureResult {
  std::uint64_t packets = 0;           // read from the file
  std::optional<std::string> problem;  // why reading stopped before the end, in one sentence
  bool aborted = false;
};

// Reads `descriptor` (which stays the caller's) to its end, its problem, or until `stop` is raised. What could be read
// is in `batches` when this returns, the last batch included unless it was aborted; `batches` may make it wait. The
// same file gives the same exchanges with the same ids. Any thread, which it keeps. Throws InvalidSpec.
[[nodiscard]] FileCaptureResult read_capture_file(int descriptor, std::string_view spec, BatchSink& batches,
                                                  const StopSignal& stop);

}  // namespace podwire::capture
