// RFC 9112, section 6: message body; RFC 9110, sections 6.4.1, 8.6, 9.3.6 and 15: content and the lack of it.
#include "specification.h"

namespace podwire::test {
namespace {

using http1::AnsweredMethod;
using namespace std::string_literals;

std::string post(const std::string& lines, const std::string& rest) {
  return "POST / HTTP/1.1\r\n" + lines + "\r\n" + rest;
}
std::string ok(const std::string& lines, const std::string& rest) {
  return "HTTP/1.1 200 X\r\n" + lines + "\r\n" + rest;
}
std::string status(int code, const std::string& lines, const std::string& rest = "") {
  return "HTTP/1.1 " + std::to_string(code) + " X\r\n" + lines + "\r\n" + rest;
}

const std::string kChunked = "Transfer-Encoding: chunked\r\n";  // 28
const std::string kHi = "2\r\nhi\r\n0\r\n\r\n";                 // 7 + 5
const std::string kToldChunked = "field Transfer-Encoding=chunked\n";

TEST(Rfc9112, Section6_1_TransferEncoding) {
  expect_requirements({
      {"9112 6.1 chunked", kRequest, post(kChunked, kHi), "head POST /\n" + kToldChunked + "body hi\nend 2/59\n"},
      {"9112 7 names are case-insensitive", kRequest, post("transfer-encoding: CHUNKED\r\n", kHi),
       "head POST /\nfield transfer-encoding=CHUNKED\nbody hi\nend 2/59\n"},
      {"9112 6.1 another coding before it", kRequest, post("Transfer-Encoding: gzip, chunked\r\n", kHi),
       "head POST /\nfield Transfer-Encoding=gzip, chunked\nbody hi\nend 2/65\n"},
      {"9112 6.1 in several fields", kRequest, post("Transfer-Encoding: x-unknown\r\n" + kChunked, kHi),
       "head POST /\nfield Transfer-Encoding=x-unknown\n" + kToldChunked + "body hi\nend 2/89\n"},
      {"9112 6.1 chunked not last, in a request", kRequest, post("Transfer-Encoding: chunked, gzip\r\n", kHi),
       "head POST / doubtful\nfield Transfer-Encoding=chunked, gzip\nmalformed\n"},
      {"9112 6.1 chunked twice, in a request", kRequest, post(kChunked + kChunked, kHi),
       "head POST / doubtful\n" + kToldChunked + kToldChunked + "malformed\n"},
      {"9112 6.1 not chunked: a response until close", kResponse, ok("Transfer-Encoding: gzip\r\n", "zz"),
       "head 200\nfield Transfer-Encoding=gzip\nbody zz\nend 2/45\n"},
      {"9112 6.1 chunked not last: a response until close", kResponse, ok("Transfer-Encoding: chunked, gzip\r\n", "zz"),
       "head 200 doubtful\nfield Transfer-Encoding=chunked, gzip\nbody zz\nend 2/54\n"},
      {"9112 6.1 with Content-Length it is doubtful", kRequest, post("Content-Length: 9\r\n" + kChunked, kHi),
       "head POST / doubtful\nfield Content-Length=9\n" + kToldChunked + "body hi\nend 2/78\n"},
      {"9112 6.1 in the other order", kResponse, ok(kChunked + "Content-Length: 9\r\n", kHi),
       "head 200 doubtful\n" + kToldChunked + "field Content-Length=9\nbody hi\nend 2/77\n"},
      {"9112 6.1 even when the length is right", kResponse, ok(kChunked + "Content-Length: 2\r\n", kHi),
       "head 200 doubtful\n" + kToldChunked + "field Content-Length=2\nbody hi\nend 2/77\n"},
      {"9112 6.1 and when it is none", kResponse, ok(kChunked + "Content-Length: x\r\n", kHi),
       "head 200 doubtful\n" + kToldChunked + "field Content-Length=x\nbody hi\nend 2/77\n"},
      {"9112 6.1 in HTTP/1.0 the framing is faulty", kRequest, "POST / HTTP/1.0\r\n" + kChunked + "\r\n" + kHi,
       "head POST / doubtful\n" + kToldChunked + "body hi\nend 2/59\n"},
      {"9112 6.1 of a response too", kResponse, "HTTP/1.0 200 X\r\n" + kChunked + "\r\n" + kHi,
       "head 200 doubtful\n" + kToldChunked + "body hi\nend 2/58\n"},
      {"9112 5.2 folded behind a comma it is one list", kRequest, post("Transfer-Encoding: gzip,\r\n chunked\r\n", kHi),
       "head POST / doubtful\nfield Transfer-Encoding=gzip, chunked\nbody hi\nend 2/67\n"},
      {"9112 5.2 folded before its only coding", kRequest, post("Transfer-Encoding:\r\n chunked\r\n", kHi),
       "head POST /\n" + kToldChunked + "body hi\nend 2/61\n"},
      {"9112 7.1 chunked has no parameters", kRequest, post("Transfer-Encoding: chunked;a=b\r\n", kHi),
       "head POST / doubtful\nfield Transfer-Encoding=chunked;a=b\nmalformed\n"},
      {"9112 7.1 nor in a response", kResponse, ok("Transfer-Encoding: chunked;a=b\r\n", kHi),
       "head 200 doubtful\nfield Transfer-Encoding=chunked;a=b\nmalformed\n"},
      {"9112 7 a comma in a parameter", kRequest, post("Transfer-Encoding: x;a=\"b,c\", chunked\r\n", kHi),
       "head POST /\nfield Transfer-Encoding=x;a=\"b,c\", chunked\nbody hi\nend 2/70\n"},
      {"9112 7 a coding that is no token", kRequest,
       post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            kHi),
       "head POST / doubtful\nfield Transfer-Encoding=\x0b"
       "chunked\nmalformed\n"},
      {"9112 7 a coding that is no token, in a response", kResponse, ok("Transfer-Encoding: chun ked\r\n", "zz"),
       "head 200 doubtful\nfield Transfer-Encoding=chun ked\nbody zz\nend 2/49\n"},
      {"9110 5.6.1 empty elements", kRequest, post("Transfer-Encoding: , chunked,\r\n", kHi),
       "head POST /\nfield Transfer-Encoding=, chunked,\nbody hi\nend 2/62\n"},
      {"9112 6.1 no coding at all", kRequest, post("Transfer-Encoding:\r\n", kHi),
       "head POST / doubtful\nfield Transfer-Encoding=\nmalformed\n"},
  });
}

TEST(Rfc9112, Section6_2_ContentLength) {
  expect_requirements({
      {"9110 8.6 a number", kRequest, post("Content-Length: 2\r\n", "hi"),
       "head POST /\nfield Content-Length=2\nbody hi\nend 2/40\n"},
      {"9110 8.6 zero", kRequest, post("Content-Length: 0\r\n", ""), "head POST /\nfield Content-Length=0\nend 0/38\n"},
      {"9110 8.6 leading zeros", kRequest, post("Content-Length: 002\r\n", "hi"),
       "head POST /\nfield Content-Length=002\nbody hi\nend 2/42\n"},
      {"9110 8.6 the same number twice", kRequest, post("Content-Length: 2, 2\r\n", "hi"),
       "head POST /\nfield Content-Length=2, 2\nbody hi\nend 2/43\n"},
      {"9110 8.6 in two fields", kRequest, post("Content-Length: 2\r\nContent-Length: 2\r\n", "hi"),
       "head POST /\nfield Content-Length=2\nfield Content-Length=2\nbody hi\nend 2/59\n"},
      {"9110 5.6.1 empty elements", kRequest, post("Content-Length: ,2,, 2,\r\n", "hi"),
       "head POST /\nfield Content-Length=,2,, 2,\nbody hi\nend 2/46\n"},
      {"9112 6.3 item 5 different numbers", kRequest, post("Content-Length: 2, 3\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=2, 3\nmalformed\n"},
      {"9112 6.3 item 5 in two fields", kResponse, ok("Content-Length: 2\r\nContent-Length: 3\r\n", "hi"),
       "head 200 doubtful\nfield Content-Length=2\nfield Content-Length=3\nmalformed\n"},
      {"9112 6.3 item 5 a sign", kRequest, post("Content-Length: +2\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=+2\nmalformed\n"},
      {"9112 6.3 item 5 negative", kRequest, post("Content-Length: -2\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=-2\nmalformed\n"},
      {"9112 6.3 item 5 hexadecimal", kRequest, post("Content-Length: 0x2\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=0x2\nmalformed\n"},
      {"9112 6.3 item 5 white space in it", kRequest, post("Content-Length: 1 2\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=1 2\nmalformed\n"},
      {"9112 6.3 item 5 folded in it", kRequest, post("Content-Length: 1\r\n 2\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=1 2\nmalformed\n"},
      {"9112 6.3 item 5 nothing", kRequest, post("Content-Length:\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=\nmalformed\n"},
      {"9110 8.6 more than any integer holds", kRequest, post("Content-Length: 99999999999999999999\r\n", "hi"),
       "head POST / doubtful\nfield Content-Length=99999999999999999999\nmalformed\n"},
      {"9110 8.6 the most that can pass", kRequest, post("Content-Length: 9223372036854775807\r\n", "hi"),
       "head POST /\nfield Content-Length=9223372036854775807\nbody hi\nend 2/58 cut\n"},
  });
}

TEST(Rfc9112, Section6_3_BodyLength) {
  const std::string length = "Content-Length: 9\r\n";  // 19
  const std::string told = "field Content-Length=9\n";
  const std::string next = status(204, "");  // 18
  expect_requirements({
      {"9112 6.3 item 1 HEAD", kResponse, ok(length, "") + next, "head 200\n" + told + "end 0/37\nhead 204\nend 0/18\n",
       AnsweredMethod::kHead},
      {"9112 6.3 item 1 HEAD with chunked", kResponse, ok(kChunked, "") + next,
       "head 200\n" + kToldChunked + "end 0/46\nhead 204\nend 0/18\n", AnsweredMethod::kHead},
      {"9112 6.3 item 1 HEAD with neither", kResponse, ok("", "") + next, "head 200\nend 0/18\nhead 204\nend 0/18\n",
       AnsweredMethod::kHead},
      {"9112 6.3 item 1 and 9110 8.6: 1xx", kResponse, status(103, length) + next,
       "head 103\n" + told + "end 0/37\nhead 204\nend 0/18\n"},
      {"9112 6.3 item 1 and 9110 15.3.5: 204", kResponse, status(204, length) + next,
       "head 204\n" + told + "end 0/37\nhead 204\nend 0/18\n"},
      {"9112 6.3 item 1 and 9112 6.1: 204 with chunked", kResponse, status(204, kChunked) + next,
       "head 204\n" + kToldChunked + "end 0/46\nhead 204\nend 0/18\n"},
      {"9112 6.3 item 1 and 9110 15.4.5: 304", kResponse, status(304, length) + next,
       "head 304\n" + told + "end 0/37\nhead 204\nend 0/18\n"},
      {"9110 15.3.6 205 is framed as any", kResponse, status(205, "Content-Length: 0\r\n") + next,
       "head 205\nfield Content-Length=0\nend 0/37\nhead 204\nend 0/18\n"},
      {"9112 6.3 item 2 CONNECT 2xx", kResponse, ok(length, "\x16\x03\x01"), "head 200\n" + told + "end 0/37\n",
       AnsweredMethod::kConnect},
      {"9110 9.3.6 CONNECT 2xx with chunked", kResponse, ok(kChunked, "xyz"),
       "head 200\n" + kToldChunked + "end 0/46\n", AnsweredMethod::kConnect},
      {"9112 6.3 item 2 CONNECT 204", kResponse, status(204, "", "xyz"), "head 204\nend 0/18\n",
       AnsweredMethod::kConnect},
      {"9110 9.3.6 CONNECT refused", kResponse, status(407, "Content-Length: 1\r\n", "x") + next,
       "head 407\nfield Content-Length=1\nbody x\nend 1/38\nhead 204\nend 0/18\n", AnsweredMethod::kConnect},
      {"9110 15.2 CONNECT with 1xx before", kResponse, status(100, "") + ok("", "xyz"),
       "head 100\nend 0/18\nhead 200\nend 0/18\n", AnsweredMethod::kConnect},
      {"9110 9.3.6 a CONNECT request has no content", kRequest, "CONNECT a:1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyz",
       "head CONNECT a:1\nfield Content-Length=3\nend 0/43\n"},
      {"9112 6.3 item 7 a request with neither", kRequest, post("", "GET / HTTP/1.1\r\n\r\n"),
       "head POST /\nend 0/19\nhead GET /\nend 0/18\n"},
      {"9112 6.3 item 8 a response with neither", kResponse, ok("", "all\r\n\r\n of it"),
       "head 200\nbody all\r\n\r\n of it\nend 13/31\n"},
      {"9110 9.3.1 content in GET is framed as any", kRequest,
       "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET / HTTP/1.1\r\n\r\n",
       "head GET /\nfield Content-Length=1\nbody x\nend 1/38\nhead GET /\nend 0/18\n"},
  });
}

}  // namespace
}  // namespace podwire::test
