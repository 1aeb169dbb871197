#include "websocket/frame_reader.h"

#include "expect_frames.h"

namespace podwire::websocket {
namespace {

using std::string_literals::operator""s;

TEST(FrameReader, NothingCame) { expect_frames("", {.masked = std::nullopt}); }

// RFC 6455, section 5.7, in its order.
TEST(FrameReader, Section57AnUnmaskedTextMessage) { expect_frames("\x81\x05Hello", {.text = {1, 5}}); }

TEST(FrameReader, Section57AMaskedTextMessage) {
  expect_frames("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {.text = {1, 5}, .masked = true});
}

TEST(FrameReader, Section57AFragmentedUnmaskedTextMessage) {
  expect_frames("\x01\x03Hel\x80\x02lo", {.text = {1, 5}});
  expect_frames("\x01\x03Hel\x80\x02l", {});
}

TEST(FrameReader, Section57PingAndMaskedPong) {
  expect_frames("\x89\x05Hello", {.ping = {1, 5}});
  expect_frames("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {.pong = {1, 5}, .masked = true});
}

TEST(FrameReader, Section57Of256Bytes) {
  expect_frames("\x82\x7e\x01\0"s + std::string(256, 'x'), {.binary = {1, 256}});
}

TEST(FrameReader, Section57Of64KiB) {
  const std::string frame = "\x82\x7f\0\0\0\0\0\1\0\0"s + std::string(65536, 'x');
  const std::string_view bytes = frame;
  const std::string expected = described({.binary = {1, 65536}});
  for (const std::size_t at : {1, 2, 3, 9, 10, 11, 40'000, 65'544, 65'545}) {
    EXPECT_EQ(described(read_pieces({bytes.substr(0, at), bytes.substr(at)}, false)), expected) << at;
  }
  FrameReader reader(false);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(reader.count(MessageKind::kBinary).messages, 0U);
    reader.data(bytes.substr(i, 1));
  }
  EXPECT_EQ(described(told_by(reader)), expected);
}

TEST(FrameReader, Section52LengthsOfEachForm) {
  expect_frames("\x82\x7d"s + std::string(125, 'x'), {.binary = {1, 125}});
  expect_frames("\x82\x7e\0\x7e"s + std::string(126, 'x'), {.binary = {1, 126}});
  expect_frames("\x82\xfe\0\x7e\1\2\3\4"s + std::string(126, 'x'), {.binary = {1, 126}, .masked = true});
  expect_frames("\x81\0\x82\0\x89\0\x8a\0"s, {.text = {1, 0}, .binary = {1, 0}, .ping = {1, 0}, .pong = {1, 0}});
  expect_frames("\x81\x80\1\2\3\4\x81\x81\1\2\3\4x"s, {.text = {2, 1}, .masked = true});
}

TEST(FrameReader, Section52TheLongestFrame) {
  FrameReader longest(false);
  EXPECT_TRUE(longest.data("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"));
  EXPECT_EQ(longest.skippable_bytes(), 0x7fff'ffff'ffff'ffffU);
  longest.unseen(0x7fff'ffff'ffff'ffffU);
  EXPECT_EQ(described(told_by(longest)), described({.binary = {1, 0x7fff'ffff'ffff'ffffU}}));
}

TEST(FrameReader, Section54EmptyFragments) {
  expect_frames("\x01\0\0\0\0\3abc\x80\0"s, {.text = {1, 3}});
  expect_frames("\x02\1a\0\1b\0\1c\x80\1d"s, {.binary = {1, 4}});
}

TEST(FrameReader, Section54ControlFramesAmidAFragmentedMessage) {
  expect_frames("\x01\3Hel\x89\2hi\0\1l\x8a\0\x80\1o\x82\1x"s,
                {.text = {1, 5}, .binary = {1, 1}, .ping = {1, 2}, .pong = {1, 0}});
  expect_frames("\x01\3Hel\x88\2\x03\xe8"s, {.close = {1, 2}, .close_code = 1000});
}

TEST(FrameReader, WhoJoinsLateCountsNothing) {
  FrameReader reader(false, StreamBegin::kUnknown);
  EXPECT_TRUE(reader.data("\x81\x05Hello\xff\xff\xff"));
  reader.unseen(7);
  reader.lose();
  EXPECT_EQ(reader.skippable_bytes(), 0U);
  EXPECT_EQ(described(told_by(reader)), described({.exact = false, .masked = std::nullopt}));
  EXPECT_FALSE(reader.closed());
}

}  // namespace
}  // namespace podwire::websocket
