#include "tap/redaction_rules.h"

#include <algorithm>
#include <utility>

#include "wire/ascii.h"

namespace podwire::tap {
namespace {

struct LowerCase {
  std::string_view text;
  [[nodiscard]] std::size_t size() const { return text.size(); }
  char operator[](std::size_t position) const { return wire::ascii_lower(text[position]); }
};

bool comes_before(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, wire::ascii_lower, wire::ascii_lower);
}

}  // namespace

NameSet::NameSet(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::string lower = wire::lower_case(name);
    if (lower.find('*') == std::string::npos) {
      exact_.push_back(std::move(lower));
    } else {
      globs_.emplace_back(lower);
    }
  }
  std::ranges::sort(exact_);
}

bool NameSet::has(std::string_view name) const {
  const auto found = std::lower_bound(exact_.begin(), exact_.end(), name, comes_before);
  if (found != exact_.end() && wire::equals_ignoring_case(*found, name)) return true;
  return std::ranges::any_of(globs_, [name](const Glob& glob) { return glob.matches(LowerCase{name}); });
}

}  // namespace podwire::tap
