#include "grpc/base64_segments.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "test/native/http1/guarded_text.h"
#include "test/native/http1/splits.h"

namespace podwire::grpc {
namespace {

struct Decoded {
  std::string octets;
  bool malformed = false;
};

template <std::size_t kRoom>
Decoded decode(const std::vector<std::string_view>& pieces) {
  Base64Segments segments;
  Decoded decoded;
  for (const std::string_view piece : pieces) {
    const test::GuardedText guarded(piece);
    for (std::string_view rest = guarded.text(); !rest.empty();) {
      std::array<char, kRoom> room;
      const auto step = segments.decode(rest, room);
      decoded.octets.append(room.data(), step.octets);
      decoded.malformed = step.malformed;
      if (step.malformed) return decoded;
      rest.remove_prefix(step.consumed);
    }
  }
  return decoded;
}

void expect_decoded(const std::string& text, const std::string& octets, bool malformed = false) {
  for (const test::Split& split : test::splits(text)) {
    SCOPED_TRACE(text + ", " + split.name);
    for (const Decoded& decoded : {decode<1>(split.pieces), decode<64>(split.pieces)}) {
      EXPECT_EQ(decoded.octets, octets);
      EXPECT_EQ(decoded.malformed, malformed);
    }
  }
}

TEST(Base64Segments, Rfc4648Section10Vectors) {
  expect_decoded("", "");
  expect_decoded("Zg==", "f");
  expect_decoded("Zm8=", "fo");
  expect_decoded("Zm9v", "foo");
  expect_decoded("Zm9vYg==", "foob");
  expect_decoded("Zm9vYmE=", "fooba");
  expect_decoded("Zm9vYmFy", "foobar");
}

TEST(Base64Segments, BothEndsOfTheAlphabet) {
  expect_decoded("AAAA////++++", std::string("\0\0\0\xff\xff\xff\xfb\xef\xbe", 9));
}

TEST(Base64Segments, PaddingEndsASegmentAndAnotherFollows) { expect_decoded("Zg==Zm8=Zm9vZg==Zg==", "ffofooff"); }

TEST(Base64Segments, AMissingLastPaddingLosesNothing) {
  expect_decoded("Zm9vYg", "foob");
  expect_decoded("Zm9vYmE", "fooba");
}

TEST(Base64Segments, OtherTextIsMalformed) {
  expect_decoded("Zm9v Zg==", "foo", true);
  expect_decoded("Zm9v\r\n", "foo", true);
  expect_decoded("=", "", true);
  expect_decoded("Z===", "", true);
  expect_decoded("Zg=v", "f", true);
  expect_decoded("Zg===", "f", true);
  expect_decoded("Zm8==", "fo", true);
  expect_decoded("Zm-v", "f", true);
  expect_decoded("Z_", "", true);
  expect_decoded(std::string("Zm\0v", 4), "f", true);
  expect_decoded("Zm\xc3\xa9", "f", true);
}

}  // namespace
}  // namespace podwire::grpc
