// RFC 9112, sections 3 and 4: request line and status line.
#include "http1/limits.h"
#include "http1/request_target.h"
#include "specification.h"

namespace podwire::test {
namespace {

using namespace std::string_literals;

TEST(Rfc9112, Section3_RequestLine) {
  const std::string longest(http1::kMaxMethodBytes, 'M');
  expect_requirements({
      {"9112 3 other white space between words", kRequest, "GET \t /x\t HTTP/1.1 \t\r\n\r\n",
       "head GET /x\nend 0/24\n"},
      {"9112 3 white space before the method", kRequest, " GET / HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3 VT is not taken for a space", kRequest, "GET\v/ HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3 FF is not taken for a space", kRequest, "GET /\fHTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3 white space in the target", kRequest, "GET /a b HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3 a fourth word", kRequest, "GET / HTTP/1.1 more\r\n\r\n", "malformed\n"},
      {"9112 3 two words", kRequest, "GET /\r\n\r\n", "malformed\n"},
      {"9112 3 two words", kRequest, "GET HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3 one word", kRequest, "GET\r\n\r\n", "malformed\n"},
      {"9112 3.1 case-sensitive", kRequest, "get / HTTP/1.1\r\n\r\n", "head get /\nend 0/18\n"},
      {"9112 3.1 a token", kRequest, "M-S.*'`|~^ / HTTP/1.1\r\n\r\n", "head M-S.*'`|~^ /\nend 0/25\n"},
      {"9112 3.1 no token", kRequest, "G[T / HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3.1 no token: obs-text", kRequest, "G\xc3T / HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3 the longest method", kRequest, longest + " / HTTP/1.1\r\n\r\n", "head " + longest + " /\nend 0/79\n"},
      {"9112 3 longer than any", kRequest, "M" + longest + " / HTTP/1.1\r\n\r\n", "too large\n"},
      {"9112 3.2 control characters", kRequest, "GET /\x01 HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3.2 NUL", kRequest, "GET /\0 HTTP/1.1\r\n\r\n"s, "malformed\n"},
      {"9112 3.2 DEL", kRequest, "GET /\x7f HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 3.2 obs-text is kept as it is", kRequest, "GET /\xc3\xa4 HTTP/1.1\r\n\r\n",
       "head GET /\xc3\xa4\nend 0/20\n"},
      {"9112 3.2.1 origin-form", kRequest, "GET /where?q=now HTTP/1.1\r\n\r\n", "head GET /where?q=now\nend 0/29\n"},
      {"9112 3.2.2 absolute-form", kRequest, "GET http://a.example/x HTTP/1.1\r\n\r\n",
       "head GET http://a.example/x\nend 0/35\n"},
      {"9112 3.2.3 authority-form", kRequest, "CONNECT a.example:80 HTTP/1.1\r\n\r\n",
       "head CONNECT a.example:80\nend 0/33\n"},
      {"9112 3.2.4 asterisk-form", kRequest, "OPTIONS * HTTP/1.1\r\n\r\n", "head OPTIONS *\nend 0/22\n"},
  });
}

struct TargetForm {
  const char* paragraph;
  const char* method;
  const char* target;
  const char* parts;  // scheme authority path, "-" for none
};

TEST(Rfc9112, Section3_2_RequestTarget) {
  for (const TargetForm& form : std::initializer_list<TargetForm>{
           {"9112 3.2.1 origin-form", "GET", "/where?q=now", "- - /where?q=now"},
           {"9112 3.2.1 a path of two slashes is no authority", "GET", "//a/b", "- - //a/b"},
           {"9112 3.2.1 a query that looks absolute", "GET", "/?u=http://a/", "- - /?u=http://a/"},
           {"9112 3.2.2 absolute-form", "GET", "http://a.example:8080/b?c", "http a.example:8080 /b?c"},
           {"9112 3.2.2 accepted in every request", "POST", "https://a/b", "https a /b"},
           {"9112 3.2.1 an empty path", "GET", "http://a", "http a /"},
           {"9112 3.2.2 an IPv6 literal", "GET", "http://[2001:db8::1]:80/x", "http [2001:db8::1]:80 /x"},
           {"9112 3.2.3 authority-form", "CONNECT", "a.example:443", "- a.example:443 -"},
           {"9112 3.2.3 of an IPv6 literal", "CONNECT", "[::1]:443", "- [::1]:443 -"},
           {"9112 3.2.3 CONNECT alone has it", "GET", "a.example:443", "- - a.example:443"},
           {"9112 3.2.4 asterisk-form", "OPTIONS", "*", "- - *"},
           {"9112 3.2.4 OPTIONS with no path through a proxy", "OPTIONS", "http://a:8001", "http a:8001 *"},
           {"9112 3.2.4 but with one", "OPTIONS", "http://a:8001/", "http a:8001 /"},
           {"9110 4.2.1 an empty host", "GET", "http:///x", "http  /x"},
           {"9110 4.2.4 user information is not shown", "GET", "http://u:p@a/x", "http a /x"},
           {"9110 4.2.4 nor with an @ in the password", "GET", "http://u:p@q@a/x", "http a /x"},
           {"9110 4.2.4 an @ in a path is none", "GET", "http://a/@b", "http a /@b"},
           {"9112 3.2 of no form", "GET", "no-form", "- - no-form"},
       }) {
    SCOPED_TRACE(form.paragraph);
    const GuardedText guarded(form.target);
    const http1::RequestTarget parsed = http1::parse_request_target(form.method, guarded.text());
    const std::string parts = std::string(parsed.scheme.value_or("-")) + ' ' +
                              std::string(parsed.authority.value_or("-")) + ' ' +
                              std::string(parsed.path.value_or("-"));
    EXPECT_EQ(parts, form.parts);
  }
}

TEST(Rfc9112, Section4_StatusLine) {
  expect_requirements({
      {"9112 4 status line", kResponse, "HTTP/1.1 204 No Content\r\n\r\n", "head 204\nend 0/27\n"},
      {"9112 4 an empty reason", kResponse, "HTTP/1.1 204 \r\n\r\n", "head 204\nend 0/17\n"},
      {"9112 4 the space before it is missing", kResponse, "HTTP/1.1 204\r\n\r\n", "head 204\nend 0/16\n"},
      {"9112 4 other white space between words", kResponse, "HTTP/1.1 \t 204\t X \r\n\r\n", "head 204\nend 0/22\n"},
      {"9112 4 white space before the version", kResponse, " HTTP/1.1 204 X\r\n\r\n", "malformed\n"},
      {"9112 4 two digits", kResponse, "HTTP/1.1 20 X\r\n\r\n", "malformed\n"},
      {"9112 4 four digits", kResponse, "HTTP/1.1 2000 X\r\n\r\n", "malformed\n"},
      {"9112 4 no digits", kResponse, "HTTP/1.1 2x0 X\r\n\r\n", "malformed\n"},
      {"9112 4 none at all", kResponse, "HTTP/1.1\r\n\r\n", "malformed\n"},
      {"9112 4 obs-text in the reason", kResponse, "HTTP/1.1 204 \xdc\x80\r\n\r\n", "head 204\nend 0/19\n"},
      {"9112 4 NUL in the reason", kResponse, "HTTP/1.1 204 a\0b\r\n\r\n"s, "malformed\n"},
      {"9110 15 above 599 is read as a 5xx: with a body", kResponse, "HTTP/1.1 999 X\r\nContent-Length: 1\r\n\r\nx",
       "head 999\nfield Content-Length=1\nbody x\nend 1/38\n"},
      {"9110 15 below 100", kResponse, "HTTP/1.1 099 X\r\n\r\n", "malformed\n"},
      {"9112 4 another protocol", kResponse, "ICY 200 OK\r\n\r\n", "malformed\n"},
  });
}

}  // namespace
}  // namespace podwire::test
