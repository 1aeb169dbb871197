#include "http2/field_block_shape.h"

#include <gtest/gtest.h>

#include <string>

#include "frames.h"

namespace podwire::http2 {
namespace {

using namespace std::string_literals;

// RFC 7541, appendix C.3.1 (without Huffman coding) and C.6.1 (with).
const std::string kRequest = "\x82\x86\x84\x41\x0fwww.example.com"s;
const std::string kResponse =
    "\x48\x82\x64\x02\x58\x85\xae\xc3\x77\x1a\x4b\x61\x96\xd0\x7a\xbe\x94\x10\x54\xd4\x44\xa8\x20\x05\x95\x04\x0b\x81"
    "\x66\xe0\x82\xa6\x2d\x1b\xff\x6e\x91\x9d\x29\xad\x17\x18\x63\xc7\x8f\x0b\x97\xc8\xe9\xae\x82\xae\x43\xd3"s;

TEST(FieldBlockShape, TheExamplesOfTheRfc) {
  EXPECT_TRUE(could_be_field_block(kRequest, true));
  EXPECT_TRUE(could_be_field_block(kResponse, true));
}

TEST(FieldBlockShape, APartIsNoWholeButABeginning) {
  EXPECT_TRUE(could_be_field_block("", true));
  for (std::size_t size = 4; size < kRequest.size(); ++size) {  // 3 and fewer are whole fields
    EXPECT_FALSE(could_be_field_block(kRequest.substr(0, size), true)) << size;
    EXPECT_TRUE(could_be_field_block(kRequest.substr(0, size), false)) << size;
  }
}

TEST(FieldBlockShape, EachRepresentation) {
  EXPECT_FALSE(could_be_field_block("\x80"s, true)) << "section 6.1: index 0";
  EXPECT_TRUE(could_be_field_block("\xff\x80\x01"s, true)) << "section 6.1: index 127 + 128";
  EXPECT_TRUE(
      could_be_field_block("\x40\x01"
                           "a\x01"
                           "b"s,
                           true))
      << "section 6.2.1: new name";
  EXPECT_TRUE(
      could_be_field_block("\x00\x01"
                           "a\x01"
                           "b"s,
                           true))
      << "section 6.2.2";
  EXPECT_TRUE(
      could_be_field_block("\x04\x01"
                           "b"s,
                           true))
      << "section 6.2.2: indexed name";
  EXPECT_TRUE(
      could_be_field_block("\x10\x01"
                           "a\x00"s,
                           true))
      << "section 6.2.3";
  EXPECT_TRUE(could_be_field_block("\x20\x3f\xe1\x1f\x82"s, true)) << "section 6.3: at the beginning";
  EXPECT_FALSE(could_be_field_block("\x82\x20"s, true)) << "section 4.2: only there";
  EXPECT_FALSE(could_be_field_block("\xff\xff\xff\xff\xff\xff\xff\x01"s, true)) << "section 5.1: too large";
}

}  // namespace
}  // namespace podwire::http2
