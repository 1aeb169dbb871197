// Parts of sentences, with both texts in the failure.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace podwire::capture::test {

inline ::testing::AssertionResult contains(const std::optional<std::string>& text, std::string_view part) {
  if (text && text->find(part) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "expected \"" << part << "\" in \"" << text.value_or("(nothing)") << '"';
}

inline ::testing::AssertionResult starts_with(const std::optional<std::string>& text, std::string_view beginning) {
  if (text && text->starts_with(beginning)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "expected \"" << beginning << "…\", came \"" << text.value_or("(nothing)")
                                       << '"';
}

}  // namespace podwire::capture::test
