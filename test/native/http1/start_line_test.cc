#include "http1/start_line.h"

#include <gtest/gtest.h>

#include <string>

#include "guarded_text.h"
#include "http1/limits.h"

namespace podwire::http1 {
namespace {

// What is judged by its first bytes must be right whenever the whole line is; each prefix ends before an unreadable
// page.
TEST(StartLine, EveryPrefixOfALineCouldBeginOne) {
  for (const std::string& line :
       {std::string("GET / HTTP/1.1"), std::string("GET \t /x\t HTTP/1.1 \t"),
        std::string(kMaxMethodBytes, 'M') + " / HTTP/1.0", "GET" + std::string(300, ' ') + "/ HTTP/1.1"}) {
    ASSERT_TRUE(parse_request_line(test::GuardedText(line).text())) << line;
    for (std::size_t size = 0; size <= line.size(); ++size) {
      const test::GuardedText prefix(std::string_view(line).substr(0, size));
      ASSERT_TRUE(could_begin_request_line(prefix.text())) << line << ' ' << size;
    }
  }
  for (const std::string& line :
       {std::string("HTTP/1.1 200 OK"), std::string("HTTP/1.0 200"), std::string("HTTP/1.1 200 "),
        std::string("HTTP/1.9 \t 599\tX"), "HTTP/1.1" + std::string(300, ' ') + "200"}) {
    ASSERT_TRUE(parse_status_line(test::GuardedText(line).text())) << line;
    for (std::size_t size = 0; size <= line.size(); ++size) {
      const test::GuardedText prefix(std::string_view(line).substr(0, size));
      ASSERT_TRUE(could_begin_status_line(prefix.text())) << line << ' ' << size;
    }
  }
}

TEST(StartLine, OtherProtocolsAreToldByTheirFirstBytes) {
  for (const std::string_view bytes : {"SSH-2.0-OpenSSH_9.7\r\n", "220 mail ready\r\n"}) {
    EXPECT_FALSE(could_begin_status_line(bytes)) << bytes;
  }
  EXPECT_FALSE(could_begin_request_line("\x16\x03\x01"));
  EXPECT_FALSE(could_begin_request_line("*1\r\n$4\r\nPING\r\n")) << "RESP";
  EXPECT_FALSE(could_begin_request_line(std::string(kMaxMethodBytes + 1, 'M')));
  EXPECT_FALSE(could_begin_status_line("HTTP/2"));
  EXPECT_FALSE(could_begin_status_line("HTTP/1.1x"));
  EXPECT_FALSE(could_begin_status_line("HTTP/1.1 0"));
  EXPECT_FALSE(could_begin_status_line("HTTP/1.1 2000"));
}

TEST(StartLine, TheMethodOfALineThatEndsAsARequestLine) {
  const auto method = [](std::string_view line) {
    const test::GuardedText guarded(line);
    const auto range = find_method(guarded.text());
    return range ? std::to_string(range->begin) + '-' + std::to_string(range->end) : "none";
  };
  EXPECT_EQ(method("GET / HTTP/1.1"), "0-3");
  EXPECT_EQ(method("{\"a\":1}GET / HTTP/1.1"), "7-10");
  EXPECT_EQ(method("two words GET \t/x HTTP/1.0 "), "10-13");
  EXPECT_EQ(method("GET / HTTP/1.1 200"), "none");
  EXPECT_EQ(method("/ HTTP/1.1"), "none");
  EXPECT_EQ(method("GET /HTTP/1.1"), "none");
  EXPECT_EQ(method("GET / HTTP/2.0"), "none");
  EXPECT_EQ(method("HTTP/1.1"), "none");
  EXPECT_EQ(method(""), "none");
}

TEST(StartLine, RegisteredMethods) {
  EXPECT_TRUE(is_registered_method("GET"));
  EXPECT_TRUE(is_registered_method("VERSION-CONTROL"));
  EXPECT_TRUE(is_registered_method("ACL"));
  EXPECT_FALSE(is_registered_method("get"));
  EXPECT_FALSE(is_registered_method("ET"));
  EXPECT_FALSE(is_registered_method("PRI"));
}

}  // namespace
}  // namespace podwire::http1
