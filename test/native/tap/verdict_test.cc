#include "tap/verdict.h"

#include <gtest/gtest.h>

namespace podwire::tap {
namespace {

constexpr Verdict kNo = Verdict::kNo;
constexpr Verdict kYes = Verdict::kYes;
constexpr Verdict kUnknown = Verdict::kUnknown;
constexpr Verdict kNotYet = Verdict::kNotYet;
constexpr Verdict kEach[] = {kNo, kYes, kUnknown, kNotYet};

TEST(VerdictTest, AndOrHaveTheirDecidingAndNeutralValues) {
  for (const Verdict each : kEach) {
    EXPECT_EQ(all_of(kNo, each), kNo);
    EXPECT_EQ(all_of(kYes, each), each);
    EXPECT_EQ(any_of(kYes, each), kYes);
    EXPECT_EQ(any_of(kNo, each), each);
  }
  EXPECT_EQ(all_of(kUnknown, kNotYet), kNotYet);
  EXPECT_EQ(any_of(kUnknown, kNotYet), kNotYet);
}

TEST(VerdictTest, OrderDoesNotMatter) {
  for (const Verdict a : kEach) {
    for (const Verdict b : kEach) {
      EXPECT_EQ(all_of(a, b), all_of(b, a));
      EXPECT_EQ(any_of(a, b), any_of(b, a));
    }
  }
}

}  // namespace
}  // namespace podwire::tap
