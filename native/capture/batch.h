// What leaves the native side: encoded TapBatch messages, one tap of one pod each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace podwire::capture {

struct Batch {
  std::string subject_key;  // given with the tap by setTaps; opaque here
  std::string bytes;        // a whole TapBatch
  std::uint32_t exchanges = 0;
  // When the kernel saw what completed the first exchange in it; 0: there is none.
  std::uint64_t oldest_monotime_ns = 0;
  // Whoever takes batches need not be woken for it: `announce` or another one follows soon.
  bool can_wait = false;
  // Of its tap here: none follows. A thread that ends offers it until it is taken.
  bool last = false;
};

// Bounded: a batch that finds it full is dropped whole and counted in its tap's counters. Any thread.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  // False: there was no room, and `batch` was dropped.
  virtual bool push(Batch&& batch) = 0;
  // The batches that could wait have waited.
  virtual void announce() {}
};

}  // namespace podwire::capture
