#include "wire/output_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace podwire::wire {

void OutputBuffer::grow(std::size_t bytes) {
  const std::size_t capacity = std::max(size_ + bytes, 2 * capacity_);
  auto memory = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
  memory_ = std::move(memory);
  capacity_ = capacity;
}

}  // namespace podwire::wire
