// What a reader keeps of a head or a trailer section that has not come whole, and the memory all readers share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http1/head_parser.h"
#include "http1/head_search.h"
#include "http1/limits.h"

namespace podwire::http1 {

struct SectionBuffer {
  std::string bytes;
  std::vector<Field> fields;
  HeadParser head{MessageKind::kRequest};
  FieldSection trailers{SpaceBeforeColon::kRemoved};
  HeadSearch search;
  std::uint64_t first_byte_ns = 0;
  std::uint64_t first_byte_acknowledged = 0;  // as of HeadSeen
  std::size_t charged = 0;                    // bytes that the scratch counts
};

// Shared by the readers of one thread; outlives them. Buffers exist only while a section is incomplete.
class ReaderScratch {
 public:
  explicit ReaderScratch(std::size_t max_buffered_bytes) : max_buffered_bytes_(max_buffered_bytes) {}

  // For a section that came whole.
  [[nodiscard]] std::span<Field> fields() { return fields_; }
  [[nodiscard]] std::unique_ptr<SectionBuffer> acquire();
  void release(std::unique_ptr<SectionBuffer> buffer);
  // The buffer holds `bytes` now. False: all buffers together hold more than allowed.
  [[nodiscard]] bool charge(SectionBuffer& buffer, std::size_t bytes);
  [[nodiscard]] std::size_t buffered_bytes() const { return buffered_bytes_; }

 private:
  std::vector<Field> fields_ = std::vector<Field>(kMaxFields);
  std::vector<std::unique_ptr<SectionBuffer>> free_;
  std::size_t buffered_bytes_ = 0;
  std::size_t max_buffered_bytes_;
};

}  // namespace podwire::http1
