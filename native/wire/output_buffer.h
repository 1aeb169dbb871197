// Bytes that grow at their end, written through a pointer into room that was made beforehand.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace podwire::wire {

// Keeps its memory when cleared. Positions are offsets: making room may move the bytes.
class OutputBuffer {
 public:
  // The end of the bytes, with room for `bytes` more behind it.
  [[nodiscard]] char* room(std::size_t bytes) {
    if (capacity_ - size_ < bytes) [[unlikely]]
      grow(bytes);
    return memory_.get() + size_;
  }
  // Everything before `end`, which lies within the room, has been written.
  void written_to(const char* end) { size_ = static_cast<std::size_t>(end - memory_.get()); }

  [[nodiscard]] char* at(std::size_t position) { return memory_.get() + position; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::string_view view() const { return {memory_.get(), size_}; }
  void clear() { size_ = 0; }

 private:
  void grow(std::size_t bytes);

  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace podwire::wire
