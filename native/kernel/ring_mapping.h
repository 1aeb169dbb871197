// A BPF ring buffer as user space sees it: a page with our position, a page with the kernel's, and the data twice in
// a row, so that no record wraps. Kernel source: Documentation/bpf/ringbuf.rst.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernel/file_descriptor.h"

namespace podwire::kernel {

// A record's place, or why there is none.
struct RingRecord {
  enum class Kind : std::uint8_t { kRecord, kDiscarded, kNone } kind = Kind::kNone;  // kNone: not committed yet
  std::span<const std::byte> bytes;
  std::uint64_t next_position = 0;
};

class RingMapping {
 public:
  // Takes the map. `ring_bytes` as it was made. Throws KernelError.
  RingMapping(FileDescriptor map, std::uint32_t ring_bytes);
  RingMapping(RingMapping&& other) noexcept;
  RingMapping& operator=(RingMapping&&) = delete;
  ~RingMapping();

  [[nodiscard]] int fd() const { return map_.get(); }
  [[nodiscard]] std::uint64_t consumer_position() const;
  [[nodiscard]] std::uint64_t producer_position() const;  // what is reserved, committed or not
  // Gives everything before `position` back to the kernel. Only one thread at a time.
  void release_until(std::uint64_t position);
  // `position` is before the producer's.
  [[nodiscard]] RingRecord record_at(std::uint64_t position) const;
  // Has the processor fetch what begins there, which another one wrote.
  void prefetch(std::uint64_t position) const;

 private:
  FileDescriptor map_;
  std::uint32_t ring_bytes_;
  std::size_t page_bytes_;
  void* consumer_page_ = nullptr;
  const void* producer_pages_ = nullptr;
};

}  // namespace podwire::kernel
