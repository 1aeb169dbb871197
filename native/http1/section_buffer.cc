#include "http1/section_buffer.h"

#include <utility>

namespace podwire::http1 {
namespace {

constexpr std::size_t kMaxFreeBuffers = 16;
constexpr std::size_t kMaxFreeBufferBytes = std::size_t{16} << 10U;
constexpr std::size_t kFirstFields = 32;

}  // namespace

std::unique_ptr<SectionBuffer> ReaderScratch::acquire() {
  std::unique_ptr<SectionBuffer> buffer;
  if (free_.empty()) {
    buffer = std::make_unique<SectionBuffer>();
  } else {
    buffer = std::move(free_.back());
    free_.pop_back();
  }
  buffer->bytes.clear();
  buffer->search.clear();
  if (buffer->fields.size() < kFirstFields) buffer->fields.resize(kFirstFields);
  return buffer;
}

void ReaderScratch::release(std::unique_ptr<SectionBuffer> buffer) {
  buffered_bytes_ -= buffer->charged;
  buffer->charged = 0;
  const bool small = buffer->bytes.capacity() <= kMaxFreeBufferBytes && buffer->fields.size() <= kFirstFields &&
                     buffer->search.kept() <= kMaxFreeBufferBytes;
  if (small && free_.size() < kMaxFreeBuffers) free_.push_back(std::move(buffer));
}

bool ReaderScratch::charge(SectionBuffer& buffer, std::size_t bytes) {
  buffered_bytes_ = buffered_bytes_ - buffer.charged + bytes;
  buffer.charged = bytes;
  return buffered_bytes_ <= max_buffered_bytes_;
}

}  // namespace podwire::http1
