// What the operator of a node has hidden beyond what every tap without rights has, and what no tap of the node gets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tap/glob.h"

namespace podwire::tap {

// Of headers, and of parameters.
inline constexpr std::size_t kMaxRedactedNames = 256;
inline constexpr std::size_t kMaxRedactedNameBytes = 256;

// A set of names, compared without regard to case. In one with a `*` that stands for any characters, none included.
class NameSet {
 public:
  NameSet() = default;
  explicit NameSet(const std::vector<std::string>& names);

  [[nodiscard]] bool empty() const { return exact_.empty() && globs_.empty(); }
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  std::vector<std::string> exact_;  // in lower case, sorted
  std::vector<Glob> globs_;         // in lower case
};

// The same for all taps of a capture, on any thread.
struct RedactionRules {
  NameSet headers;     // whose values are hidden
  NameSet parameters;  // of queries, fragments and paths, percent-decoded, whose values are replaced
  bool bodies_forbidden = false;
  bool unredacted_forbidden = false;
};

}  // namespace podwire::tap
