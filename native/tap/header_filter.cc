#include "tap/header_filter.h"

#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "tap/absence.h"
#include "wire/ascii.h"

namespace podwire::tap {
namespace {

struct Judge {
  const HeaderMatch& match;
  const wire::Redaction* redaction;
  std::string& scratch;

  Verdict value(const exchange::HeaderField& header) const {
    if (std::holds_alternative<HeaderPresent>(match.content)) return Verdict::kYes;
    if (!header.known) return Verdict::kUnknown;
    std::optional<std::string_view> shown = header.value;
    if (redaction != nullptr) shown = redaction->header(header, scratch);
    if (!shown) return Verdict::kUnknown;
    if (const auto* equals = std::get_if<HeaderEquals>(&match.content)) return yes_if(*shown == equals->value);
    return yes_if(std::get<ValuePattern>(match.content).matches(*shown));
  }

  // A field whose name cannot be known may be the one asked for, unless its value rules that out.
  Verdict field(const exchange::HeaderField& header) const {
    if (header.name.empty()) return value(header) == Verdict::kNo ? Verdict::kNo : Verdict::kUnknown;
    return wire::equals_ignoring_case(header.name, match.name) ? value(header) : Verdict::kNo;
  }

  Verdict any(std::span<const exchange::HeaderField> headers) const {
    Verdict verdict = Verdict::kNo;
    for (const auto& header : headers) {
      verdict = any_of(verdict, field(header));
      if (verdict == Verdict::kYes) break;
    }
    return verdict;
  }
};

}  // namespace

Verdict judge_header(const HeaderMatch& match, const exchange::ExchangeView& view, const wire::Redaction* redaction,
                     std::string& scratch) {
  const Judge judge{match, redaction, scratch};
  // Another one of that name may stand where nothing was seen.
  Verdict verdict = judge_absent(view, view.end == exchange::End::kOpen);
  if (view.request != nullptr) {
    verdict = any_of(verdict, judge.any(view.request->headers));
    verdict = any_of(verdict, judge.any(view.request->trailers));
  }
  if (view.response != nullptr) {
    verdict = any_of(verdict, judge.any(view.response->headers));
    verdict = any_of(verdict, judge.any(view.response->trailers));
  }
  return verdict;
}

}  // namespace podwire::tap
