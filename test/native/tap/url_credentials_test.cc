#include "tap/url_credentials.h"

#include <gtest/gtest.h>

#include <string>

namespace podwire::tap {
namespace {

struct Case {
  std::string_view text;
  std::string_view redacted;
};

void expect_redacted(const Case& expected) {
  std::string scratch = "what was in it";
  EXPECT_EQ(redact_url(expected.text, scratch), expected.redacted) << expected.text;
}

TEST(UrlCredentialsTest, ReplacesValuesOfParameters) {
  for (const auto& each : {
           Case{"/a?token=s3cr3t", "/a?token=REDACTED"},
           Case{"/a?id=7&token=s3cr3t&x=1", "/a?id=7&token=REDACTED&x=1"},
           Case{"/a?token=s3cr3t&token=again", "/a?token=REDACTED&token=REDACTED"},
           Case{"/a?X-Amz-Credential=AKIA%2F2026&X-Amz-Date=2026&X-Amz-Signature=ab12",
                "/a?X-Amz-Credential=REDACTED&X-Amz-Date=2026&X-Amz-Signature=REDACTED"},
           Case{"/a?token=a=b==", "/a?token=REDACTED"},
           Case{"/a?token=a;b,c/d?e", "/a?token=REDACTED"},
           Case{"/a?token=a%26b&c=1", "/a?token=REDACTED&c=1"},
           Case{"/a?ACCESS_TOKEN=x", "/a?ACCESS_TOKEN=REDACTED"},
           Case{"/a?code=4%2F0AX4XfWjhQ1234567&state=x", "/a?code=REDACTED&state=x"},
           Case{"https://h/cb#access_token=x&expires=9", "https://h/cb#access_token=REDACTED&expires=9"},
           Case{"/a;jsessionid=0123ABCD/b?x=1", "/a;jsessionid=REDACTED/b?x=1"},
           Case{"/a;jsessionid=0123ABCD", "/a;jsessionid=REDACTED"},
       }) {
    expect_redacted(each);
  }
}

TEST(UrlCredentialsTest, TakesForAParameterOnlyWhatBeginsAsOne) {
  for (const auto& each : {
           Case{"token=s3cr3t", "token=s3cr3t"},
           Case{"/token=s3cr3t", "/token=s3cr3t"},
           Case{"?token=s3cr3t", "?token=REDACTED"},
           Case{"/a?x=token=s3cr3t", "/a?x=token=s3cr3t"},
           Case{"/a?x\ttoken=s3cr3t", "/a?x\ttoken=s3cr3t"},
           Case{"/a?n=1&token=s3cr3t", "/a?n=1&token=REDACTED"},
           Case{"/a?token=", "/a?token="},
           Case{"/a?code=7&key=s3cr3t", "/a?code=7&key=REDACTED"},
           Case{"/a?id==&sig=s3cr3t", "/a?id==&sig=REDACTED"},
           Case{"/a?=token&=", "/a?=token&="},
           Case{"/a?k=1&ke=2&pw=3", "/a?k=1&ke=2&pw=3"},
       }) {
    expect_redacted(each);
  }
}

TEST(UrlCredentialsTest, SeesThroughPercentEncoding) {
  for (const auto& each : {
           Case{"/a?access%5Ftoken=s3cr3t", "/a?access%5Ftoken=REDACTED"},
           Case{"/a?%74oken=s3cr3t&x=1", "/a?%74oken=REDACTED&x=1"},
           Case{"/a?token%3Ds3cr3t&x=1", "/a?token%3DREDACTED&x=1"},
           Case{"/login?next=https%3A%2F%2Fh%2Fcb%3Ftoken%3Ds3cr3t%26x%3D1&y=2",
                "/login?next=https%3A%2F%2Fh%2Fcb%3Ftoken%3DREDACTED%26x%3D1&y=2"},
           Case{"/login?next=https%3A%2F%2Fu%3As3cr3t%40h%2F", "/login?next=https%3A%2F%2FREDACTED%40h%2F"},
       }) {
    expect_redacted(each);
  }
}

TEST(UrlCredentialsTest, ReplacesUserInformation) {
  for (const auto& each : {
           Case{"https://user:s3cr3t@h/a", "https://REDACTED@h/a"},
           Case{"https://s3cr3t@h", "https://REDACTED@h"},
           Case{"//user:s3cr3t@h/a", "//REDACTED@h/a"},
           Case{"https://user:p@ss@h/a@b", "https://REDACTED@h/a@b"},
           Case{"/proxy/http://user:s3cr3t@h/", "/proxy/http://REDACTED@h/"},
           Case{"<https://u:s3cr3t@h/1?key=s3cr3t>; rel=\"next\", <https://u:s3cr3t@h/2>; rel=\"last\"",
                "<https://REDACTED@h/1?key=REDACTED>; rel=\"next\", <https://REDACTED@h/2>; rel=\"last\""},
           Case{"5; url=https://h/?token=s3cr3t", "5; url=https://h/?token=REDACTED"},
       }) {
    expect_redacted(each);
  }
}

TEST(UrlCredentialsTest, LeavesTheRestAsItIs) {
  for (const std::string_view text : {"",
                                      "/",
                                      "/a/b",
                                      "/a?",
                                      "/a?id=7&q=token",
                                      "/a?token",
                                      "/a?token=",
                                      "/a?token=&x=1",
                                      "/@user/a=b",
                                      "/a//b@c",
                                      "mailto:a@b",
                                      "https://h:80/a",
                                      "https://@h/",
                                      "/a?x=%",
                                      "/a?x=%4",
                                      "100%",
                                      "/token=1/x",
                                      "*",
                                      "/a?=s&=",
                                      "/a?code=404",
                                      "/a?next=%2Fb%3Fid%3D1"}) {
    expect_redacted({text, text});
    std::string scratch;
    EXPECT_EQ(redact_url(text, scratch).data(), text.data()) << "no copy";
  }
}

TEST(UrlCredentialsTest, ReplacesUserInformationOfAnAuthority) {
  std::string scratch;
  EXPECT_EQ(redact_authority("user:s3cr3t@h:80", scratch), "REDACTED@h:80");
  EXPECT_EQ(redact_authority("h:80", scratch), "h:80");
  EXPECT_EQ(redact_authority("@h", scratch), "@h");
}

// Each repetition begins something that reaches to the end of the text: gone over anew for each of them, these would
// take some 10^10 steps.
TEST(UrlCredentialsTest, GoesOverTheTextOnce) {
  for (const std::string_view part : {"%26a=b", "?a=", "://", "%3A%2F%2F", ":////@", ";a", "&token=%26", "%26code=1",
                                      "://%3A%2F%2F", "%", "=", "?code%3D"}) {
    std::string text = "/?";
    while (text.size() < 200'000) text.append(part);
    std::string scratch;
    EXPECT_LE(redact_url(text, scratch).size(), 4 * text.size());
  }
}

}  // namespace
}  // namespace podwire::tap
