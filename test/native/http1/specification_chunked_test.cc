// RFC 9112, section 7.1: the chunked transfer coding.
#include "specification.h"

namespace podwire::test {
namespace {

using namespace std::string_literals;

std::string chunked(const std::string& body) { return "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body; }
const std::string kTold = "head POST /\nfield Transfer-Encoding=chunked\n";  // 17 + 28 + 2 = 47

std::string answer(const std::string& body) { return "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n" + body; }
const std::string kToldAnswer = "head 200\nfield Transfer-Encoding=chunked\n";  // 46

TEST(Rfc9112, Section7_1_Chunks) {
  expect_requirements({
      {"9112 7.1 chunks", kRequest, chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), kTold + "body abcde\nend 5/67\n"},
      {"9112 7.1 no chunk but the last", kRequest, chunked("0\r\n\r\n"), kTold + "end 0/52\n"},
      {"9112 7.1 last-chunk is 1*\"0\"", kRequest, chunked("000\r\n\r\n"), kTold + "end 0/54\n"},
      {"9112 7.1 hexadecimal of either case", kRequest, chunked("A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n"),
       kTold + "body 0123456789abcdefghij\nend 20/82\n"},
      {"9112 7.1 leading zeros", kRequest, chunked("0000000000000000000002\r\nhi\r\n0\r\n\r\n"),
       kTold + "body hi\nend 2/80\n"},
      {"9112 7.1 data may hold anything", kRequest, chunked("9\r\n\r\n0\r\n\r\n\0\xff\r\n0\r\n\r\n"s),
       kTold + "body \r\n0\r\n\r\n\0\xff\nend 9/66\n"s},
      {"9112 7.1 overflow", kRequest, chunked("fffffffffffffffff\r\n"), kTold + "malformed\n"},
      {"9112 7.1 overflow by one digit", kRequest, chunked("10000000000000000\r\n"), kTold + "malformed\n"},
      {"9112 7.1 no size", kRequest, chunked("\r\nhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1 no hexadecimal", kRequest, chunked("g\r\nhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1 a sign", kRequest, chunked("+2\r\nhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1 a prefix", kRequest, chunked("0x2\r\nhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1 white space before the size", kRequest, chunked(" 2\r\nhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1 data longer than its size", kRequest, chunked("2\r\nhix\r\n"), kTold + "body hi\nmalformed\n"},
      {"9112 7.1 bare CR behind the size", kRequest, chunked("2\rhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1 bare CR behind the data", kRequest, chunked("2\r\nhi\r0\r\n\r\n"), kTold + "body hi\nmalformed\n"},
      {"9112 7.1 and 2.2: LF alone is not allowed", kRequest, chunked("2\nhi\r\n0\r\n\r\n"),
       kTold + "body hi\nend 2/58 doubtful\n"},
      {"9112 7.1 and 2.2: nor behind the data", kRequest, chunked("2\r\nhi\n0\r\n\r\n"),
       kTold + "body hi\nend 2/58 doubtful\n"},
      {"9112 7.1 a message of its own begins behind it", kRequest, chunked("0\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
       kTold + "end 0/52\nhead GET /\nend 0/18\n"},
  });
}

TEST(Rfc9112, Section7_1_1_ChunkExtensions) {
  const std::string longest(20'000, 'e');
  expect_requirements({
      {"9112 7.1.1 ignored", kRequest, chunked("2;a\r\nhi\r\n0;b=c\r\n\r\n"), kTold + "body hi\nend 2/65\n"},
      {"9112 7.1.1 a quoted value with a semicolon", kRequest, chunked("2;a=\"b;c\";d\r\nhi\r\n0\r\n\r\n"),
       kTold + "body hi\nend 2/69\n"},
      {"9112 7.1.1 white space around it", kRequest, chunked("2 \t;\ta = b\r\nhi\r\n0\r\n\r\n"),
       kTold + "body hi\nend 2/68\n"},
      {"9112 7.1 white space with nothing behind it", kRequest, chunked("2 \r\nhi\r\n0\t\r\n\r\n"),
       kTold + "body hi\nend 2/61\n"},
      {"9112 7.1.1 no semicolon", kRequest, chunked("2 a\r\nhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1.1 bare CR", kRequest, chunked("2;a\rb\r\nhi\r\n"), kTold + "malformed\n"},
      {"9112 7.1.1 NUL", kRequest, chunked("2;a\0\r\nhi\r\n"s), kTold + "malformed\n"},
      {"9112 7.1.1 and 2.2: LF alone", kRequest, chunked("2;a\nhi\r\n0\r\n\r\n"),
       kTold + "body hi\nend 2/60 doubtful\n"},
  });
  ReaderTranscript run(kRequest);
  run.data(chunked("2;" + longest + "\r\nhi\r\n0;" + longest + "\r\n\r\n"));
  EXPECT_EQ(run.text, "head POST /\nbody hi\nend 2/40061\n") << "7.1.1: any length: 47 + 20004 + 4 + 20004 + 2";
}

TEST(Rfc9112, Section7_1_2_TrailerSection) {
  expect_requirements({
      {"9112 7.1.2 trailers", kRequest, chunked("0\r\nA: b\r\nC:d\r\n\r\n"),
       kTold + "trailer A=b\ntrailer C=d\nend 0/63\n"},
      {"9112 7.1.2 line ends as of fields", kRequest, chunked("0\r\nA: b\n\n"), kTold + "trailer A=b\nend 0/56\n"},
      {"9112 7.1.2 framing fields in it frame nothing", kRequest, chunked("0\r\nContent-Length: 9\r\n\r\n"),
       kTold + "trailer Content-Length=9\nend 0/71\n"},
      {"9112 5.1 space before a colon, request", kRequest, chunked("0\r\nA : b\r\n\r\n"), kTold + "malformed\n"},
      {"9112 5.1 space before a colon, response", kResponse, answer("0\r\nA : b\r\n\r\n"),
       kToldAnswer + "trailer A=b\nend 0/58\n"},
      {"9110 5.5 NUL", kRequest, chunked("0\r\nA: \0\r\n\r\n"s), kTold + "malformed\n"},
      {"9112 5 no colon", kRequest, chunked("0\r\nAb\r\n\r\n"), kTold + "malformed\n"},
      {"9112 5.2 white space before the first", kRequest, chunked("0\r\n A: b\r\n\r\n"), kTold + "malformed\n"},
  });
}

}  // namespace
}  // namespace podwire::test
