// The maps and rings that all attachments share. They exist as long as this object.
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <span>
#include <vector>

#include "kernel/kernel_capture.h"
#include "kernel/ring_mapping.h"

struct bpf_object;
struct capture_doorbell;

namespace podwire::kernel {

class SharedMaps {
 public:
  // `rings`: at least 1. Throws KernelError.
  explicit SharedMaps(const KernelCaptureOptions& options);
  ~SharedMaps();
  SharedMaps(const SharedMaps&) = delete;
  SharedMaps& operator=(const SharedMaps&) = delete;

  // Until this returns, records of the programs may find no ring. Throws KernelError when the rings cannot be set up.
  // Once, on one thread.
  void await_rings();
  // Has an object that is not loaded yet use these maps.
  void share_with(bpf_object* object) const;

  // Whether programs that use these maps read heads.
  [[nodiscard]] bool reads_heads() const { return reads_heads_; }
  [[nodiscard]] std::uint32_t ring_count() const { return static_cast<std::uint32_t>(rings_.size()); }
  [[nodiscard]] RingMapping& ring(unsigned index) { return rings_.at(index); }
  // Written by the ring's consumer, and by the kernel.
  [[nodiscard]] capture_doorbell& doorbell(unsigned index);
  [[nodiscard]] int fd(const char* map_name) const;

 private:
  void insert_rings();
  void map_doorbells(std::uint32_t much_bytes);

  struct Close {
    void operator()(bpf_object* object) const;
  };
  std::unique_ptr<bpf_object, Close> object_;
  bool reads_heads_;
  std::vector<RingMapping> rings_;
  capture_doorbell* doorbells_ = nullptr;
  std::size_t doorbell_bytes_ = 0;
  std::future<void> rings_inserted_;  // last: it ends before what it works on
};

}  // namespace podwire::kernel
