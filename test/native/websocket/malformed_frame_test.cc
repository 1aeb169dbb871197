// What RFC 6455 and RFC 7692 say an endpoint must not send, as far as who passes over payloads can see. Not to be seen
// so: text that is not UTF-8 (sections 5.6, 8.1), masking keys that can be foretold (section 5.3).
#include "expect_frames.h"

namespace podwire::websocket {
namespace {

using std::string_literals::operator""s;

struct Violation {
  const char* paragraph;
  std::string frame;
  bool compression = false;
};

std::string control_of_126_bytes(char first) { return first + "\x7e\0\x7e"s + std::string(126, 'x'); }

const std::vector<Violation>& violations() {
  static const std::vector<Violation> all = {
      {"5.2 RSV1 MUST be 0 unless an extension is negotiated", "\xc1\x05Hello"},
      {"5.2 RSV2 MUST be 0", "\xa1\x05Hello"},
      {"5.2 RSV2 MUST be 0", "\xa1\x05Hello", true},
      {"5.2 RSV3 MUST be 0", "\x91\x05Hello"},
      {"5.2 RSV3 MUST be 0", "\x91\x05Hello", true},
      {"5.2 opcode 3 is reserved", "\x83\0"s},
      {"5.2 opcode 4 is reserved", "\x84\0"s},
      {"5.2 opcode 5 is reserved", "\x85\0"s},
      {"5.2 opcode 6 is reserved", "\x86\0"s},
      {"5.2 opcode 7 is reserved", "\x87\0"s},
      {"5.2 opcode 11 is reserved", "\x8b\0"s},
      {"5.2 opcode 12 is reserved", "\x8c\0"s},
      {"5.2 opcode 13 is reserved", "\x8d\0"s},
      {"5.2 opcode 14 is reserved", "\x8e\0"s},
      {"5.2 opcode 15 is reserved", "\x8f\0"s},
      {"5.2 the minimal number of bytes MUST be used: 16 bits", "\x82\x7e\0\x7d"s + std::string(125, 'x')},
      {"5.2 the minimal number of bytes MUST be used: 64 bits", "\x82\x7f\0\0\0\0\0\0\xff\xff"s},
      {"5.2 the minimal number of bytes MUST be used, masked", "\x82\xfe\0\0\1\2\3\4"s},
      {"5.2 the most significant bit MUST be 0", "\x82\x7f\x80\0\0\0\0\0\0\0"s},
      {"5.4 a continuation of nothing", "\x80\0"s},
      {"5.4 a continuation of nothing, that goes on", "\0\1x"s},
      {"5.4 a continuation of what has ended", "\x01\0\x80\0\x80\0"s},
      {"5.4 fragments of two messages MUST NOT be interleaved", "\x01\1a\x01\1b"s},
      {"5.4 fragments of two messages MUST NOT be interleaved", "\x01\1a\x82\1b"s},
      {"5.5 a Ping MUST NOT be fragmented", "\x09\0"s},
      {"5.5 a Pong MUST NOT be fragmented", "\x0a\0"s},
      {"5.5 a Close MUST NOT be fragmented", "\x08\0"s},
      {"5.5 a Ping MUST have 125 bytes or less", control_of_126_bytes('\x89')},
      {"5.5 a Pong MUST have 125 bytes or less", control_of_126_bytes('\x8a')},
      {"5.5 a Close MUST have 125 bytes or less", control_of_126_bytes('\x88')},
      {"5.5 a control frame with a 64-bit length", "\x89\x7f\0\0\0\0\0\1\0\0"s},
      {"5.5.1 if there is a body, its first two bytes MUST be the code", "\x88\1\3"s},
      {"RFC 7692, 6.1 RSV1 MUST NOT be set on fragments but the first", "\x41\1a\xc0\1b"s, true},
      {"RFC 7692, 6.1 RSV1 MUST NOT be set on control frames: Ping", "\xc9\0"s, true},
      {"RFC 7692, 6.1 RSV1 MUST NOT be set on control frames: Pong", "\xca\0"s, true},
      {"RFC 7692, 6.1 RSV1 MUST NOT be set on control frames: Close", "\xc8\0"s, true},
  };
  return all;
}

// Behind a good message; what comes behind the violation is not counted.
TEST(MalformedFrame, CountsStayWhatCameBefore) {
  for (const Violation& violation : violations()) {
    SCOPED_TRACE(violation.paragraph);
    expect_frames("\x81\x02hi" + violation.frame + "\x81\x02hi",
                  {.text = violation.frame == "\x01\0\x80\0\x80\0"s ? Count{2, 2} : Count{1, 2},
                   .exact = false,
                   .malformed = true},
                  violation.compression);
  }
}

TEST(MalformedFrame, ItStaysSo) {
  for (const Violation& violation : violations()) {
    SCOPED_TRACE(violation.paragraph);
    FrameReader reader(violation.compression);
    EXPECT_FALSE(reader.data(violation.frame));
    EXPECT_FALSE(reader.data("\x81\x02hi"));
    EXPECT_FALSE(reader.data(""));
    reader.unseen(10);
    reader.lose();
    EXPECT_TRUE(reader.malformed());
    EXPECT_FALSE(reader.exact());
    EXPECT_EQ(reader.skippable_bytes(), 0U);
  }
}

// Section 5.1: a client MUST mask all frames, a server MUST NOT mask any.
TEST(MalformedFrame, Section51OneEndMasksAllFramesOrNone) {
  expect_frames("\x81\x01x\x81\x81\1\2\3\4y"s, {.text = {1, 1}, .exact = false, .malformed = true, .masked = false});
  expect_frames("\x81\x81\1\2\3\4y\x81\x01x"s, {.text = {1, 1}, .exact = false, .malformed = true, .masked = true});
}

// Section 5.5.1: "The application MUST NOT send any more data frames after sending a Close frame." Pongs may follow: an
// end answers Pings until it has received a Close frame (section 5.5.2).
TEST(MalformedFrame, Section551NoDataBehindAClose) {
  const std::string close = "\x88\2\x03\xe8"s;
  const Told malformed{.close = {1, 2}, .exact = false, .malformed = true, .close_code = 1000};
  expect_frames(close + "\x81\2hi", malformed);
  expect_frames(close + "\x82\0"s, malformed);
  expect_frames("\x01\1a"s + close + "\x80\1b", malformed);
  expect_frames(close + "\x8a\2hi\x89\0"s, {.ping = {1, 0}, .pong = {1, 2}, .close = {1, 2}, .close_code = 1000});
}

// Section 7.4.1: reserved values that "MUST NOT be set as a status code in a Close control frame by an endpoint".
TEST(MalformedFrame, Section741CodesThatAreNotSent) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1005, 1006, 1015}) {
    const std::string bytes{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    expect_frames("\x88\2" + bytes, {.close = {1, 2}, .exact = false, .malformed = true, .close_code = code});
  }
}

}  // namespace
}  // namespace podwire::websocket
