// RFC 9112, section 5: field syntax; RFC 9110, sections 5.1, 5.3 and 5.5: names, order and values.
#include "specification.h"

namespace podwire::test {
namespace {

using namespace std::string_literals;

// A request with these field lines, and one with a response's head.
std::string get(const std::string& lines) { return "GET / HTTP/1.1\r\n" + lines + "\r\n"; }   // 16 + n + 2
std::string none(const std::string& lines) { return "HTTP/1.1 204 X\r\n" + lines + "\r\n"; }  // 16 + n + 2

TEST(Rfc9112, Section5_FieldSyntax) {
  expect_requirements({
      {"9112 5 no white space", kRequest, get("A:b\r\n"), "head GET /\nfield A=b\nend 0/23\n"},
      {"9112 5 white space around a value", kRequest, get("A: \t b c \t\r\n"), "head GET /\nfield A=b c\nend 0/30\n"},
      {"9112 5 no colon", kRequest, get("A b\r\n"), "malformed\n"},
      {"9112 5 no name", kRequest, get(": b\r\n"), "malformed\n"},
      {"9112 5 a colon in the value", kRequest, get("A: b:c\r\n"), "head GET /\nfield A=b:c\nend 0/26\n"},
      {"9112 5.1 space before the colon of a request", kRequest, get("A : b\r\n"), "malformed\n"},
      {"9112 5.1 tab before the colon of a request", kRequest, get("A\t: b\r\n"), "malformed\n"},
      {"9112 5.1 of a response it is removed", kResponse, none("A \t: b\r\n"), "head 204\nfield A=b\nend 0/26\n"},
      {"9112 5.1 space within a name", kResponse, none("A B: c\r\n"), "malformed\n"},
      {"9110 5.1 a name is a token", kRequest, get("A(B: c\r\n"), "malformed\n"},
      {"9110 5.1 obs-text in a name", kRequest, get("\xc3\xa4: c\r\n"), "malformed\n"},
      {"9110 5.1 NUL in a name", kRequest, get("A\0B: c\r\n"s), "malformed\n"},
      {"9110 5.3 the order is kept", kRequest, get("A: 1\r\nB: 2\r\nA: 3\r\n"),
       "head GET /\nfield A=1\nfield B=2\nfield A=3\nend 0/36\n"},
  });
}

TEST(Rfc9112, Section5_2_LineFolding) {
  expect_requirements({
      {"9112 5.2 by a space", kRequest, get("A: b\r\n c\r\n"), "head GET /\nfield A=b c\nend 0/28\n"},
      {"9112 5.2 by a tab, with more around", kRequest, get("A: b \t\r\n\t c\r\nD: e\r\n"),
       "head GET /\nfield A=b c\nfield D=e\nend 0/37\n"},
      {"9112 5.2 twice", kRequest, get("A: b\r\n c\r\n d\r\n"), "head GET /\nfield A=b c d\nend 0/32\n"},
      {"9112 5.2 of a response", kResponse, none("A: b\r\n c\r\n"), "head 204\nfield A=b c\nend 0/28\n"},
      {"9112 5.2 with a single LF", kRequest, get("A: b\n c\n"), "head GET /\nfield A=b c\nend 0/26\n"},
      {"9112 5.2 behind an empty value", kRequest, get("A:\r\n b\r\n"), "head GET /\nfield A=b\nend 0/26\n"},
      {"9112 5.2 of white space alone", kRequest, get("A: b\r\n \r\n"), "head GET /\nfield A=b\nend 0/27\n"},
      {"9112 5.2 a colon in it makes no field", kRequest, get("A: b\r\n C: d\r\n"),
       "head GET /\nfield A=b C: d\nend 0/31\n"},
      {"9112 5.2 bare CR in it", kRequest, get("A: b\r\n c\rd\r\n"), "malformed\n"},
      {"9112 5.2 NUL in it", kRequest, get("A: b\r\n c\0d\r\n"s), "malformed\n"},
  });
}

TEST(Rfc9110, Section5_5_FieldValues) {
  expect_requirements({
      {"9110 5.5 an empty value", kRequest, get("A:\r\nB: \r\n"), "head GET /\nfield A=\nfield B=\nend 0/27\n"},
      {"9110 5.5 obs-text is opaque", kRequest, get("A: \xe4\xff\x80\r\n"),
       "head GET /\nfield A=\xe4\xff\x80\nend 0/26\n"},
      {"9110 5.5 NUL", kRequest, get("A: b\0c\r\n"s), "malformed\n"},
      {"9110 5.5 NUL in a response", kResponse, none("A: \0\r\n"s), "malformed\n"},
      {"9110 5.5 CR", kResponse, none("A: b\rc\r\n"), "malformed\n"},
      {"9110 5.5 other control characters may be kept", kRequest,
       get("A: b\x01\x1b\x7f"
           "c\r\n"),
       "head GET /\nfield A=b\x01\x1b\x7f"
       "c\nend 0/28\n"},
      {"9110 5.5 a tab is no control character", kRequest, get("A: b\tc\r\n"), "head GET /\nfield A=b\tc\nend 0/26\n"},
  });
}

}  // namespace
}  // namespace podwire::test
