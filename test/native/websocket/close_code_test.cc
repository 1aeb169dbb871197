// RFC 6455, sections 5.5.1 and 7.4.
#include "expect_frames.h"

namespace podwire::websocket {
namespace {

using std::string_literals::operator""s;

TEST(CloseCode, Section551WithoutABodyThereIsNone) {
  expect_frames("\x88\0"s, {.close = {1, 0}});
  expect_frames("\x88\x80\1\2\3\4"s, {.close = {1, 0}, .masked = true});
}

TEST(CloseCode, Section551InNetworkByteOrder) {
  expect_frames("\x88\2\x03\xe8"s, {.close = {1, 2}, .close_code = 1000});
  expect_frames(
      "\x88\6\x0f\xa1"
      "bye!"s,
      {.close = {1, 6}, .close_code = 4001});
  expect_frames("\x88\x7d\x03\xe9"s + std::string(123, 'r'), {.close = {1, 125}, .close_code = 1001});
}

// 1000 is 03 e8; with the key 37 fa 21 3d of section 5.7: 34 12.
TEST(CloseCode, Section53Unmasked) {
  expect_frames("\x88\x82\x37\xfa\x21\x3d\x34\x12", {.close = {1, 2}, .close_code = 1000, .masked = true});
  expect_frames("\x88\x84\x37\xfa\x21\x3d\x34\x12\x4e\x56", {.close = {1, 4}, .close_code = 1000, .masked = true});
}

// Sections 7.4.1 and 7.4.2: codes that are defined, registered, private, or whose use nothing forbids.
TEST(CloseCode, Section74AsItWasSent) {
  constexpr std::uint16_t kCodes[] = {0,    999,  1000, 1001, 1002, 1003, 1004, 1007, 1008, 1009, 1010,
                                      1011, 1012, 1016, 2999, 3000, 3999, 4000, 4999, 5000, 65535};
  for (const std::uint16_t code : kCodes) {
    const std::string bytes{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    expect_frames("\x88\2" + bytes, {.close = {1, 2}, .close_code = code});
  }
}

TEST(CloseCode, OfTheFirstCloseFrame) {
  expect_frames("\x88\2\x03\xe8\x88\2\x03\xe9"s, {.close = {2, 4}, .close_code = 1000});
  expect_frames("\x88\0\x88\2\x03\xe9"s, {.close = {2, 2}});
}

TEST(CloseCode, NotWholeNotTold) {
  expect_frames("\x88\2\x03"s, {});
  expect_frames("\x88\5\x03\xe8"s, {});
  FrameReader reader(false);
  EXPECT_FALSE(reader.closed());
  reader.data("\x88\2\x03\xe8"s);
  EXPECT_TRUE(reader.closed());
}

// The code is to be seen, the reason is not.
TEST(CloseCode, TheReasonMayPassUnseen) {
  FrameReader reader(false);
  reader.data("\x88\6"s);
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("\x0f"s);
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  reader.data("\xa1"s);
  EXPECT_EQ(reader.skippable_bytes(), 4U);
  reader.unseen(4);
  EXPECT_EQ(described(told_by(reader)), described({.close = {1, 6}, .close_code = 4001}));
}

TEST(CloseCode, LostItIsNotGuessed) {
  for (const std::size_t seen : {0U, 1U}) {
    FrameReader reader(false);
    reader.data("\x88\6"s + "\x03\xed"s.substr(0, seen));
    reader.unseen(2 - seen);
    reader.data("bye!");
    EXPECT_EQ(described(told_by(reader)), described({.close = {1, 6}}));
    EXPECT_TRUE(reader.closed());
  }
}

// Section 7.4.1, of each Close frame.
TEST(CloseCode, LostInOneJudgedInTheNext) {
  FrameReader reader(false);
  reader.data("\x88\2"s);
  reader.unseen(2);
  EXPECT_FALSE(reader.data("\x88\2\x03\xee"s));
  EXPECT_EQ(described(told_by(reader)), described({.close = {2, 4}, .exact = false, .malformed = true}));
}

}  // namespace
}  // namespace podwire::websocket
