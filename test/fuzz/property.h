// What a fuzz target asserts. A property that does not hold ends the process, so that the input is kept.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace podwire::fuzz {

inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "\nThis does not hold: %s\n", property);
  std::abort();
}

// Of two transcripts: shows both from a little before where they part.
inline void require_same(std::string_view one, std::string_view other, const char* property) {
  if (one == other) return;
  constexpr std::size_t kContextBytes = 200;
  constexpr std::size_t kShownBytes = 1'000;
  const auto parted =
      static_cast<std::size_t>(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first - one.begin());
  const std::size_t from = parted > kContextBytes ? parted - kContextBytes : 0;
  const auto show = [from](const char* title, std::string_view text) {
    const std::string shown(text.substr(std::min(from, text.size()), kShownBytes));
    std::fprintf(stderr, "---- %s, from byte %zu\n%s\n", title, from, shown.c_str());
  };
  std::fprintf(stderr, "\nThis does not hold: %s\n", property);
  show("one", one);
  show("the other", other);
  std::abort();
}

}  // namespace podwire::fuzz
