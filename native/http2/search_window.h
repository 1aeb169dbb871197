// The bytes that a search keeps, with the time of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podwire::http2 {

// Positions count from where the search began.
class SearchWindow {
 public:
  struct Piece {
    std::string_view bytes;
    std::uint64_t seen_ns = 0;
  };

  [[nodiscard]] std::uint64_t end() const { return begin_ + bytes_.size(); }
  // They must be kept.
  [[nodiscard]] std::string_view view(std::uint64_t position, std::size_t size) const {
    return std::string_view(bytes_).substr(static_cast<std::size_t>(position - begin_), size);
  }
  // From `position` on, as far as it came at one time; empty at the end.
  [[nodiscard]] Piece piece(std::uint64_t position) const;

  void append(std::string_view bytes, std::uint64_t seen_ns);
  // Those before are not needed any more.
  void forget_before(std::uint64_t position);
  // Nothing is kept; the next byte is at `position`.
  void restart(std::uint64_t position);

  // Of memory.
  [[nodiscard]] std::size_t cost() const { return bytes_.capacity() + marks_.capacity() * sizeof(Mark); }
  [[nodiscard]] std::size_t times() const { return marks_.size(); }

 private:
  struct Mark {
    std::uint64_t position = 0;
    std::uint64_t seen_ns = 0;
  };

  std::string bytes_;
  std::vector<Mark> marks_;  // where the time changes
  std::uint64_t begin_ = 0;  // position of bytes_
};

}  // namespace podwire::http2
