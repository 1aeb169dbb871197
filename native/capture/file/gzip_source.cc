#include "capture/file/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <string>

#include "capture/file/file_problem.h"

namespace podwire::capture {

namespace {

constexpr std::size_t kInputBytes = 64 * 1024;
constexpr int kGzipWindowBits = 15 + 16;  // zlib.h, inflateInit2: the largest window, gzip header only

}  // namespace

struct GzipSource::Inflater {
  Inflater() {
    if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
};

GzipSource::GzipSource(std::unique_ptr<ByteSource> compressed, std::span<const std::uint8_t> prefix)
    : compressed_(std::move(compressed)),
      inflater_(std::make_unique<Inflater>()),
      input_(std::max(kInputBytes, prefix.size())),
      input_end_offset_(prefix.size()) {
  std::ranges::copy(prefix, input_.begin());
  inflater_->stream.next_in = input_.data();
  inflater_->stream.avail_in = static_cast<uInt>(prefix.size());
}

GzipSource::~GzipSource() = default;

std::size_t GzipSource::read(std::span<std::uint8_t> into) {
  z_stream& stream = inflater_->stream;
  const std::size_t room = std::min<std::size_t>(into.size(), std::numeric_limits<uInt>::max());
  stream.next_out = into.data();
  stream.avail_out = static_cast<uInt>(room);
  while (!ended_) {
    if (damaged_) fail_damaged();
    if (stream.avail_in == 0 && !refill()) {
      throw FileProblem("The gzip data ends too early, at byte " + std::to_string(input_end_offset_) +
                        ": expected the rest of the compressed data and its check sum.");
    }
    const int outcome = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = room - stream.avail_out;
    if (outcome == Z_STREAM_END) ended_ = !next_member();
    damaged_ = outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR;
    if (made > 0) return made;
  }
  return 0;
}

bool GzipSource::refill() {
  const std::size_t got = compressed_->read(input_);
  input_end_offset_ += got;
  inflater_->stream.next_in = input_.data();
  inflater_->stream.avail_in = static_cast<uInt>(got);
  return got > 0;
}

// As gzip(1) does, what follows the last member and is none itself is ignored.
bool GzipSource::next_member() {
  z_stream& stream = inflater_->stream;
  if (stream.avail_in == 0 && !refill()) return false;
  constexpr std::uint8_t kFirstMagicByte = 0x1f;
  return *stream.next_in == kFirstMagicByte && inflateReset(&stream) == Z_OK;
}

void GzipSource::fail_damaged() const {
  const z_stream& stream = inflater_->stream;
  throw FileProblem("The gzip data is damaged near byte " + std::to_string(input_end_offset_ - stream.avail_in) + ": " +
                    (stream.msg != nullptr ? stream.msg : "no valid compressed data") + ".");
}

}  // namespace podwire::capture
