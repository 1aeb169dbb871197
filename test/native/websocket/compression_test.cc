// permessage-deflate: RFC 7692, section 7.2.3. The counts need no inflating.
#include "expect_frames.h"

namespace podwire::websocket {
namespace {

using std::string_literals::operator""s;

TEST(Compression, Section7231AMessageOfOneBlock) {
  expect_frames("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\0"s, {.text = {1, 7, 1}}, true);
  expect_frames("\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\0"s, {.text = {1, 7, 1}}, true);
}

TEST(Compression, Section7232TheWindowIsShared) {
  expect_frames("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\0\xc1\x05\xf2\0\x11\0\0"s, {.text = {2, 12, 2}}, true);
}

TEST(Compression, Section7233ABlockWithoutCompression) {
  expect_frames("\xc1\x0b\0\x05\0\xfa\xffHello\0"s, {.text = {1, 11, 1}}, true);
}

TEST(Compression, Section7234ABlockWithBfinal) {
  expect_frames("\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\0\0"s, {.text = {1, 8, 1}}, true);
}

TEST(Compression, Section7235TwoBlocks) {
  expect_frames("\xc1\x0d\xf2\x48\x05\0\0\0\xff\xff\xca\xc9\xc9\x07\0"s, {.text = {1, 13, 1}}, true);
}

TEST(Compression, Section7236AnEmptyMessage) { expect_frames("\xc1\1\0"s, {.text = {1, 1, 1}}, true); }

// Section 6: messages without RSV1 are as they are.
TEST(Compression, EachMessageSaysItself) {
  expect_frames("\x81\2hi\xc2\3abc\x02\1x\x80\1y\x42\1x\x00\0\x80\1y"s, {.text = {1, 2}, .binary = {3, 7, 2}}, true);
}

TEST(Compression, ControlFramesAmid) {
  expect_frames("\x41\1a\x89\1p\x80\1b"s, {.text = {1, 2, 1}, .ping = {1, 1}}, true);
}

}  // namespace
}  // namespace podwire::websocket
