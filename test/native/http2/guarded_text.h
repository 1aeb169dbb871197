// Text whose last byte is the last of a readable page: one byte further is a fault.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace podwire::test {

class GuardedText {
 public:
  explicit GuardedText(std::string_view text) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t readable = (text.size() / page + 1) * page;
    mapped_bytes_ = readable + page;
    mapped_ = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped_ == MAP_FAILED) throw std::runtime_error("mmap");
    char* const base = static_cast<char*>(mapped_);
    if (mprotect(base + readable, page, PROT_NONE) != 0) throw std::runtime_error("mprotect");
    char* const begin = base + readable - text.size();
    std::memcpy(begin, text.data(), text.size());
    text_ = {begin, text.size()};
  }
  ~GuardedText() { munmap(mapped_, mapped_bytes_); }
  GuardedText(const GuardedText&) = delete;
  GuardedText& operator=(const GuardedText&) = delete;

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  void* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::string_view text_;
};

}  // namespace podwire::test
