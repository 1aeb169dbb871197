#include "http1/request_target.h"

#include <gtest/gtest.h>

namespace podwire::http1 {
namespace {

std::string describe(std::string_view method, std::string_view target) {
  const RequestTarget parsed = parse_request_target(method, target);
  return std::string(parsed.scheme.value_or("-")) + ' ' + std::string(parsed.authority.value_or("-")) + ' ' +
         std::string(parsed.path.value_or("-"));
}

TEST(RequestTarget, FourForms) {
  EXPECT_EQ(describe("GET", "/where?q=now"), "- - /where?q=now");
  EXPECT_EQ(describe("GET", "http://www.example.org/pub/x?y=http://z"), "http www.example.org /pub/x?y=http://z");
  EXPECT_EQ(describe("GET", "HTTPS://a:8443"), "HTTPS a:8443 /");
  EXPECT_EQ(describe("GET", "http://a?q"), "http a ?q");
  EXPECT_EQ(describe("OPTIONS", "*"), "- - *");
  EXPECT_EQ(describe("CONNECT", "www.example.com:80"), "- www.example.com:80 -");
}

TEST(RequestTarget, UserInformationIsNeverShown) {
  EXPECT_EQ(describe("GET", "http://user:secret@a/"), "http a /");
  EXPECT_EQ(describe("CONNECT", "user:secret@a:80"), "- a:80 -");
}

TEST(RequestTarget, WhatHasNoFormIsThePath) {
  EXPECT_EQ(describe("GET", "index.html"), "- - index.html");
  EXPECT_EQ(describe("GET", "/redirect?to=http://b/"), "- - /redirect?to=http://b/");
  EXPECT_EQ(describe("GET", "1http://a/"), "- - 1http://a/");
}

}  // namespace
}  // namespace podwire::http1
