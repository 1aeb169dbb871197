#include "tap/value_pattern.h"

#include <re2/re2.h>

namespace podwire::tap {

std::variant<ValuePattern, PatternError> ValuePattern::compile(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_max_mem(kMaxPatternMemoryBytes);
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto program = std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!program->ok()) return PatternError{program->error()};
  return ValuePattern(std::move(program));
}

bool ValuePattern::matches(std::string_view value) const {
  return re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *program_);
}

}  // namespace podwire::tap
