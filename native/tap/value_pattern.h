// A regular expression over header values, matched in time linear in the value and in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace podwire::tap {

// For the program and its automata together.
constexpr std::int64_t kMaxPatternMemoryBytes = 256 * 1024;

struct PatternError {
  std::string reason;  // in the words of the regular expression library
};

// RE2 syntax. Copies share the compiled program, which any number of threads may use.
class ValuePattern {
 public:
  [[nodiscard]] static std::variant<ValuePattern, PatternError> compile(std::string_view pattern);

  // Anywhere in the value.
  [[nodiscard]] bool matches(std::string_view value) const;

 private:
  explicit ValuePattern(std::shared_ptr<const re2::RE2> program) : program_(std::move(program)) {}
  std::shared_ptr<const re2::RE2> program_;
};

}  // namespace podwire::tap
