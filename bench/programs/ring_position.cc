// How many bytes were ever written to BPF ring buffers: `ring_position MAP-ID…` prints the sum of their producers'
// positions, record headers included. Read from the page that the kernel maps for user space (kernel/bpf/ringbuf.c: the
// page after the consumer's holds `producer_pos`).
#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace {

// Adds the position of one ring; false when it cannot be read.
bool add_position(std::uint32_t map_id, std::uint64_t& sum) {
  const int map = bpf_map_get_fd_by_id(map_id);
  if (map < 0) return false;
  const auto page_bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const page = mmap(nullptr, page_bytes, PROT_READ, MAP_SHARED, map, static_cast<off_t>(page_bytes));
  close(map);
  if (page == MAP_FAILED) return false;
  std::uint64_t position = 0;
  std::memcpy(&position, page, sizeof position);
  sum += position;
  munmap(page, page_bytes);
  return true;
}

}  // namespace

int main(int count, char** words) {
  std::uint64_t sum = 0;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    std::uint32_t map_id = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), map_id);
    if (error != std::errc() || end != word.data() + word.size() || !add_position(map_id, sum)) {
      std::fprintf(stderr, "ring_position: expected the id of a BPF ring buffer, got %s\n", words[i]);
      return 1;
    }
  }
  std::printf("%llu\n", static_cast<unsigned long long>(sum));
  return 0;
}
