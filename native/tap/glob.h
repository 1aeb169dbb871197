// A pattern in which `*` stands for any bytes, none included; every other byte stands for itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podwire::tap {

// Literal text that is searched for in time linear in the text (Knuth, Morris, Pratt).
class Literal {
 public:
  explicit Literal(std::string_view literal);

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  template <typename Text>
  [[nodiscard]] bool stands_at(const Text& text, std::size_t position) const {
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      if (text[position + i] != bytes_[i]) return false;
    }
    return true;
  }

  // Where the first occurrence within [begin, end) ends.
  template <typename Text>
  [[nodiscard]] std::optional<std::size_t> find_end(const Text& text, std::size_t begin, std::size_t end) const {
    std::size_t matched = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const char c = text[i];
      while (matched > 0 && bytes_[matched] != c) matched = borders_[matched - 1];
      if (bytes_[matched] == c) ++matched;
      if (matched == bytes_.size()) return i + 1;
    }
    return std::nullopt;
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> borders_;  // of each prefix: its longest proper prefix that is its suffix too
};

class Glob {
 public:
  explicit Glob(std::string_view pattern);

  // The whole of `text`, which has `size()` and `operator[]`; each byte is looked at a bounded number of times.
  template <typename Text>
  [[nodiscard]] bool matches(const Text& text) const {
    const Literal& first = literals_.front();
    const Literal& last = literals_.back();
    if (literals_.size() == 1) return text.size() == first.size() && first.stands_at(text, 0);
    if (text.size() < first.size() + last.size()) return false;
    const std::size_t end = text.size() - last.size();
    if (!first.stands_at(text, 0) || !last.stands_at(text, end)) return false;
    std::size_t begin = first.size();
    for (std::size_t i = 1; i + 1 < literals_.size(); ++i) {
      const auto found = literals_[i].find_end(text, begin, end);
      if (!found) return false;
      begin = *found;
    }
    return true;
  }

 private:
  std::vector<Literal> literals_;  // what stands between the stars; only the outer ones may be empty
};

}  // namespace podwire::tap
