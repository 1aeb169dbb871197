// Reads a capture file from memory to its end or its problem.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "capture/file/capture_file.h"
#include "capture/file/file_problem.h"

namespace podwire::capture::test {

// Hands out at most `chunk` bytes at once.
class MemorySource final : public ByteSource {
 public:
  MemorySource(std::vector<std::uint8_t> bytes, std::size_t chunk) : bytes_(std::move(bytes)), chunk_(chunk) {}

  std::size_t read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min({into.size(), chunk_, bytes_.size() - offset_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset_), count, into.begin());
    offset_ += count;
    return count;
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t chunk_;
  std::size_t offset_ = 0;
};

struct SeenSegment {
  tcp::Segment segment;  // its payload is not valid any more
  std::string payload;
};

struct Outcome {
  std::vector<SeenSegment> segments;
  FileCounters counters;
  std::optional<std::string> problem;
};

inline Outcome read_source(std::unique_ptr<ByteSource> source) {
  Outcome outcome;
  std::unique_ptr<CaptureFile> file;
  try {
    file = std::make_unique<CaptureFile>(std::move(source));
    tcp::Segment segment;
    while (file->next(segment)) {
      outcome.segments.push_back({segment, std::string(segment.payload.begin(), segment.payload.end())});
      outcome.segments.back().segment.payload = {};
    }
  } catch (const FileProblem& problem) {
    outcome.problem = problem.what();
  }
  if (file) outcome.counters = file->counters();
  return outcome;
}

inline Outcome read_bytes(const std::vector<std::uint8_t>& bytes, std::size_t chunk = 1 << 20) {
  return read_source(std::make_unique<MemorySource>(bytes, chunk));
}

}  // namespace podwire::capture::test
