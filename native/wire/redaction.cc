#include "wire/redaction.h"

namespace podwire::wire {

std::optional<std::string_view> Redaction::header(const exchange::HeaderField& header, std::string& scratch) const {
  if (header.name.empty() || header.never_indexed) return std::nullopt;
  const NameRule rule = name_rule(header.name);
  switch (rule.values) {
    case NameRule::Values::kHidden:
      return std::nullopt;
    case NameRule::Values::kShown:
      return header.value;
    case NameRule::Values::kShownUnlessMarked:
    case NameRule::Values::kJudged:
      break;
  }
  return value(rule.kind, header.value, scratch);
}

}  // namespace podwire::wire
