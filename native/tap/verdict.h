// What a filter says of an exchange.
#pragma once

#include <cstdint>

namespace podwire::tap {

enum class Verdict : std::uint8_t {
  kNo,
  kYes,
  kUnknown,  // it asks for a value that is not known and never will be
  kNotYet,   // it asks for a value that may still come: the exchange is open
};

// A "no" decides; otherwise what is not known does.
constexpr Verdict all_of(Verdict a, Verdict b) {
  if (a == Verdict::kNo || b == Verdict::kNo) return Verdict::kNo;
  if (a == Verdict::kNotYet || b == Verdict::kNotYet) return Verdict::kNotYet;
  if (a == Verdict::kUnknown || b == Verdict::kUnknown) return Verdict::kUnknown;
  return Verdict::kYes;
}

// A "yes" decides; otherwise what is not known does.
constexpr Verdict any_of(Verdict a, Verdict b) {
  if (a == Verdict::kYes || b == Verdict::kYes) return Verdict::kYes;
  if (a == Verdict::kNotYet || b == Verdict::kNotYet) return Verdict::kNotYet;
  if (a == Verdict::kUnknown || b == Verdict::kUnknown) return Verdict::kUnknown;
  return Verdict::kNo;
}

constexpr Verdict yes_if(bool condition) { return condition ? Verdict::kYes : Verdict::kNo; }

}  // namespace podwire::tap
