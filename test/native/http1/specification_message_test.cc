// RFC 9112, section 2: messages and how they are parsed.
#include "specification.h"

namespace podwire::test {
namespace {

using namespace std::string_literals;

TEST(Rfc9112, Section2_1_MessageFormat) {
  expect_requirements({
      {"9112 2.1 no fields", kRequest, "GET / HTTP/1.1\r\n\r\n", "head GET /\nend 0/18\n"},
      {"9112 2.1 fields and a body", kRequest, "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi",
       "head POST /\nfield Content-Length=2\nbody hi\nend 2/40\n"},
      {"9112 2.1 neither kind of start line", kRequest, "HTTP/1.1 200 OK\r\n\r\n", "malformed\n"},
      {"9112 2.1 neither kind of start line", kResponse, "GET / HTTP/1.1\r\n\r\n", "malformed\n"},
  });
}

TEST(Rfc9112, Section2_2_MessageParsing) {
  expect_requirements({
      {"9112 2.2 a single LF ends a line", kRequest, "GET / HTTP/1.1\nA: b\n\n", "head GET /\nfield A=b\nend 0/21\n"},
      {"9112 2.2 also in a response", kResponse, "HTTP/1.1 204 X\nA: b\n\n", "head 204\nfield A=b\nend 0/21\n"},
      {"9112 2.2 and mixed", kRequest, "GET / HTTP/1.1\nA: b\r\nC: d\n\r\n",
       "head GET /\nfield A=b\nfield C=d\nend 0/28\n"},
      {"9112 2.2 bare CR in the request line", kRequest, "GET /\rx HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 2.2 bare CR behind the version", kRequest, "GET / HTTP/1.1\r\r\n\r\n", "malformed\n"},
      {"9112 2.2 bare CR in the reason", kResponse, "HTTP/1.1 200 O\rK\r\n\r\n", "malformed\n"},
      {"9112 2.2 bare CR in a name", kRequest, "GET / HTTP/1.1\r\nA\rB: c\r\n\r\n", "malformed\n"},
      {"9112 2.2 bare CR in a value", kRequest, "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "malformed\n"},
      {"9112 2.2 bare CR at a value's end", kRequest, "GET / HTTP/1.1\r\nA: b\r\r\n\r\n", "malformed\n"},
      {"9112 2.2 bare CR for the empty line", kRequest, "GET / HTTP/1.1\r\nA: b\r\n\rC: d\r\n\r\n", "malformed\n"},
      {"9112 2.2 bare CR before the request line", kRequest, "\rGET / HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 2.2 and once more", kRequest, "\r\r\nGET / HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 2.2 an empty line before the request line", kRequest, "\r\nGET / HTTP/1.1\r\n\r\n",
       "head GET /\nend 0/18\n"},
      {"9112 2.2 many, of either line end", kRequest, "\r\n\n\r\n\nGET / HTTP/1.1\r\n\r\n", "head GET /\nend 0/18\n"},
      {"9112 2.2 CRLF behind a body", kRequest,
       "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx\r\nGET / HTTP/1.1\r\n\r\n",
       "head POST /\nfield Content-Length=1\nbody x\nend 1/39\nhead GET /\nend 0/18\n"},
      {"9112 2.2 CRLF behind a response's body", kResponse,
       "HTTP/1.1 200 X\r\nContent-Length: 1\r\n\r\nx\r\nHTTP/1.1 204 X\r\n\r\n",
       "head 200\nfield Content-Length=1\nbody x\nend 1/38\nhead 204\nend 0/18\n"},
      {"9112 2.2 white space before the first field", kRequest, "GET / HTTP/1.1\r\n A: b\r\n\r\n", "malformed\n"},
      {"9112 2.2 a tab as well", kResponse, "HTTP/1.1 200 X\r\n\tA: b\r\n\r\n", "malformed\n"},
      {"9112 2.2 no grammar of HTTP", kRequest, "\x16\x03\x01\x02\x05", "malformed\n"},
      {"9112 2.2 other encodings of text", kRequest, "G\0E\0T\0"s, "malformed\n"},
  });
}

TEST(Rfc9112, Section2_3_Version) {
  expect_requirements({
      {"9112 2.3 case-sensitive", kRequest, "GET / http/1.1\r\n\r\n", "malformed\n"},
      {"9112 2.3 in a response too", kResponse, "Http/1.1 200 X\r\n\r\n", "malformed\n"},
      {"9112 2.3 one digit each", kRequest, "GET / HTTP/1.10\r\n\r\n", "malformed\n"},
      {"9112 2.3 one digit each", kResponse, "HTTP/1.10 200 X\r\n\r\n", "malformed\n"},
      {"9112 2.3 no digit", kRequest, "GET / HTTP/1.x\r\n\r\n", "malformed\n"},
      {"9112 2.3 another major version", kRequest, "GET / HTTP/2.0\r\n\r\n", "malformed\n"},
      {"9112 2.3 another major version", kResponse, "HTTP/0.9 200 X\r\n\r\n", "malformed\n"},
      {"9110 2.5 a higher minor version", kRequest, "GET / HTTP/1.9\r\n\r\n", "head GET /\nend 0/18\n"},
      {"9110 2.5 a higher minor version", kResponse, "HTTP/1.2 204 X\r\n\r\n", "head 204\nend 0/18\n"},
  });
}

}  // namespace
}  // namespace podwire::test
