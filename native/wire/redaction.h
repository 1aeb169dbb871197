// What of an exchange may not be shown; tap/ has the rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/exchange.h"

namespace podwire::wire {

// What a header's name says of its values.
struct NameRule {
  enum class Values : std::uint8_t {
    kHidden,
    kShown,
    kShownUnlessMarked,  // judged when begins_marked or with a `?` or `//` in it; otherwise shown as it is
    kJudged,
  };
  Values values = Values::kHidden;
  std::uint8_t kind = 0;  // the redaction's own, for `value`
};

// As `Bearer …`, `Basic …` and `eyJ…` do.
constexpr bool begins_marked(std::string_view value) {
  if (value.size() < 2) return false;
  const auto lower = [value](std::size_t i) { return static_cast<char>(value[i] | 0x20); };
  if (lower(0) == 'b') return lower(1) == 'a' || lower(1) == 'e';
  return lower(0) == 'e' && lower(1) == 'y';
}

// Texts are returned as they may be shown: the one given, or one made in `scratch`, which is then overwritten. Valid
// until either changes. One thread at a time. Its rules stay the same.
class Redaction {
 public:
  virtual ~Redaction() = default;
  // Of a name that is not empty; without regard to its case.
  [[nodiscard]] virtual NameRule name_rule(std::string_view name) const = 0;
  // nullopt: it may not be shown at all. `kind`: of the rule of its name, which is not kHidden.
  [[nodiscard]] virtual std::optional<std::string_view> value(std::uint8_t kind, std::string_view value,
                                                              std::string& scratch) const = 0;
  // With query.
  [[nodiscard]] virtual std::string_view path(std::string_view path, std::string& scratch) const = 0;
  [[nodiscard]] virtual std::string_view authority(std::string_view authority, std::string& scratch) const = 0;

  // The value of a header as it may be shown, by `rule`, that of its name; nullopt: not at all.
  [[nodiscard]] std::optional<std::string_view> header(const NameRule& rule, const exchange::HeaderField& header,
                                                       std::string& scratch) const {
    if (header.never_indexed || rule.values == NameRule::Values::kHidden) return std::nullopt;
    if (rule.values == NameRule::Values::kShown) return header.value;
    return value(rule.kind, header.value, scratch);
  }
  // The rule is looked for. An empty name cannot be known, and may be any.
  [[nodiscard]] std::optional<std::string_view> header(const exchange::HeaderField& header,
                                                       std::string& scratch) const {
    if (header.name.empty()) return std::nullopt;
    return this->header(name_rule(header.name), header, scratch);
  }
};

}  // namespace podwire::wire
