// Decompresses another source: RFC 1952, with any number of members.
#pragma once

#include <memory>
#include <vector>

#include "capture/file/byte_source.h"

namespace podwire::capture {

class GzipSource final : public ByteSource {
 public:
  // `prefix`: bytes of the beginning that were already read from `compressed`.
  GzipSource(std::unique_ptr<ByteSource> compressed, std::span<const std::uint8_t> prefix);
  ~GzipSource() override;

  // What could be decompressed before damage or an early end is handed over first; then throws FileProblem.
  [[nodiscard]] std::size_t read(std::span<std::uint8_t> into) override;

 private:
  struct Inflater;

  [[nodiscard]] bool refill();
  [[nodiscard]] bool next_member();
  [[noreturn]] void fail_damaged() const;

  std::unique_ptr<ByteSource> compressed_;
  std::unique_ptr<Inflater> inflater_;
  std::vector<std::uint8_t> input_;
  std::uint64_t input_end_offset_;  // of the compressed bytes read so far
  bool ended_ = false;
  bool damaged_ = false;  // to be told once what came before was handed over
};

}  // namespace podwire::capture
