// A window that moves over a source, and knows where it is.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "capture/file/byte_source.h"

namespace podwire::capture {

class ByteReader {
 public:
  explicit ByteReader(std::unique_ptr<ByteSource> source);

  // The next `bytes`, or fewer at the end of the file, without taking them. Valid until the next call of either.
  [[nodiscard]] std::span<const std::uint8_t> peek(std::size_t bytes);
  // Takes exactly `bytes`. Throws FileProblem when the file ends before; `what` and `number` (unless 0) name them.
  std::span<const std::uint8_t> take(std::size_t bytes, std::string_view what, std::uint64_t number = 0);
  // Of the next byte.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  // "byte 24", or "byte 24 after decompression".
  [[nodiscard]] std::string position(std::uint64_t offset) const;

  // What follows is gzip: from here on the reader is over the decompressed bytes, from offset 0.
  void decompress();

 private:
  void reserve(std::size_t bytes);

  std::unique_ptr<ByteSource> source_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  bool decompressed_ = false;
};

}  // namespace podwire::capture
