#include "kernel/ring_mapping.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

// The positions are `unsigned long` in the kernel.
using Position = unsigned long;

Position load(const void* address) {
  // Sequentially consistent for the consumer's last look before it sleeps (ring_reader.cc); acquire is enough
  // elsewhere. atomic_ref of a const object is not in C++20.
  return std::atomic_ref<Position>(*static_cast<Position*>(const_cast<void*>(address))).load(std::memory_order_seq_cst);
}

}  // namespace

RingMapping::RingMapping(FileDescriptor map, std::uint32_t ring_bytes)
    : map_(std::move(map)), ring_bytes_(ring_bytes), page_bytes_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
  void* consumer = ::mmap(nullptr, page_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, map_.get(), 0);
  if (consumer == MAP_FAILED) throw kernel_error("map a ring buffer", errno, kLoadCapabilities);
  void* producer = ::mmap(nullptr, page_bytes_ + 2 * std::size_t{ring_bytes_}, PROT_READ, MAP_SHARED, map_.get(),
                          static_cast<off_t>(page_bytes_));
  if (producer == MAP_FAILED) {
    const int error = errno;
    ::munmap(consumer, page_bytes_);
    throw kernel_error("map a ring buffer", error, kLoadCapabilities);
  }
  consumer_page_ = consumer;
  producer_pages_ = producer;
}

RingMapping::RingMapping(RingMapping&& other) noexcept
    : map_(std::move(other.map_)),
      ring_bytes_(other.ring_bytes_),
      page_bytes_(other.page_bytes_),
      consumer_page_(std::exchange(other.consumer_page_, nullptr)),
      producer_pages_(std::exchange(other.producer_pages_, nullptr)) {}

RingMapping::~RingMapping() {
  if (consumer_page_ != nullptr) ::munmap(consumer_page_, page_bytes_);
  if (producer_pages_ != nullptr) {
    ::munmap(const_cast<void*>(producer_pages_), page_bytes_ + 2 * std::size_t{ring_bytes_});
  }
}

std::uint64_t RingMapping::consumer_position() const { return load(consumer_page_); }

std::uint64_t RingMapping::producer_position() const { return load(producer_pages_); }

void RingMapping::release_until(std::uint64_t position) {
  std::atomic_ref<Position>(*static_cast<Position*>(consumer_page_)).store(position, std::memory_order_release);
}

RingRecord RingMapping::record_at(std::uint64_t position) const {
  const auto* data = static_cast<const std::byte*>(producer_pages_) + page_bytes_;
  const std::byte* header = data + (position & (ring_bytes_ - 1));
  auto* length_word = reinterpret_cast<std::uint32_t*>(const_cast<std::byte*>(header));
  const std::uint32_t word = std::atomic_ref<std::uint32_t>(*length_word).load(std::memory_order_acquire);
  if ((word & BPF_RINGBUF_BUSY_BIT) != 0) return {};

  const std::uint32_t length = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
  constexpr std::uint64_t kAlignment = 8;
  const std::uint64_t total = (length + BPF_RINGBUF_HDR_SZ + kAlignment - 1) / kAlignment * kAlignment;
  return {(word & BPF_RINGBUF_DISCARD_BIT) != 0 ? RingRecord::Kind::kDiscarded : RingRecord::Kind::kRecord,
          {header + BPF_RINGBUF_HDR_SZ, length},
          position + total};
}

void RingMapping::prefetch(std::uint64_t position) const {
  constexpr std::size_t kLineBytes = 64;
  // A record's own fields and most message heads.
  constexpr std::size_t kLines = 5;
  const auto* data = static_cast<const std::byte*>(producer_pages_) + page_bytes_ + (position & (ring_bytes_ - 1));
  for (std::size_t line = 0; line < kLines; ++line) __builtin_prefetch(data + line * kLineBytes);
}

}  // namespace podwire::kernel
