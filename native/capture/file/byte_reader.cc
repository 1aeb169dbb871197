#include "capture/file/byte_reader.h"

#include <algorithm>
#include <cstring>

#include "capture/file/file_problem.h"
#include "capture/file/gzip_source.h"

namespace podwire::capture {

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

}  // namespace

ByteReader::ByteReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)), buffer_(kBufferBytes) {}

std::span<const std::uint8_t> ByteReader::peek(std::size_t bytes) {
  if (end_ - begin_ < bytes) reserve(bytes);
  while (end_ - begin_ < bytes) {
    const std::size_t got = source_->read(std::span(buffer_).subspan(end_));
    if (got == 0) break;
    end_ += got;
  }
  return std::span(buffer_).subspan(begin_, std::min(bytes, end_ - begin_));
}

std::span<const std::uint8_t> ByteReader::take(std::size_t bytes, std::string_view what, std::uint64_t number) {
  const std::span<const std::uint8_t> taken = peek(bytes);
  if (taken.size() < bytes) {
    throw FileProblem("The file ends at " + position(offset_ + taken.size()) + ", within " + std::string(what) +
                      (number == 0 ? "" : " " + std::to_string(number)) + ": expected " + std::to_string(bytes) +
                      " bytes, " + std::to_string(taken.size()) + " came.");
  }
  begin_ += bytes;
  offset_ += bytes;
  return taken;
}

std::string ByteReader::position(std::uint64_t offset) const {
  return "byte " + std::to_string(offset) + (decompressed_ ? " after decompression" : "");
}

void ByteReader::decompress() {
  source_ = std::make_unique<GzipSource>(std::move(source_), std::span(buffer_).subspan(begin_, end_ - begin_));
  begin_ = end_ = 0;
  offset_ = 0;
  decompressed_ = true;
}

// Makes room for `bytes` in a row, and for something beyond so that no read asks for nothing.
void ByteReader::reserve(std::size_t bytes) {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (buffer_.size() < bytes) buffer_.resize(bytes);
}

}  // namespace podwire::capture
