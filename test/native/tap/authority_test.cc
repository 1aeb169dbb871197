#include "tap/authority.h"

#include <gtest/gtest.h>

namespace podwire::tap {
namespace {

TEST(AuthorityTest, SplitsHostAndPort) {
  struct Case {
    std::string_view text;
    std::string_view host;
    int port;  // -1: none
  };
  for (const auto& [text, host, port] : {
           Case{"backend", "backend", -1},
           Case{"backend:8080", "backend", 8080},
           Case{"backend:", "backend", -1},
           Case{"backend:http", "backend", -1},
           Case{"backend:65536", "backend", -1},
           Case{"backend:0", "backend", 0},
           Case{"backend.shop.", "backend.shop", -1},
           Case{"backend.shop.:80", "backend.shop", 80},
           Case{"198.18.0.1:80", "198.18.0.1", 80},
           Case{"[2001:2::1]:443", "2001:2::1", 443},
           Case{"[2001:2::1]", "2001:2::1", -1},
           Case{"2001:2::1", "2001:2::1", -1},
           Case{"[2001:2::1", "[2001:2::1", -1},
           Case{"[::1]x", "::1", -1},
           Case{"user:pass@host:1", "host", 1},
           Case{"a@b@host", "host", -1},
           Case{"", "", -1},
           Case{":80", "", 80},
       }) {
    const Authority authority = Authority::parse(text);
    EXPECT_EQ(authority.host, host) << text;
    EXPECT_EQ(authority.port ? int{*authority.port} : -1, port) << text;
  }
}

TEST(AuthorityTest, KnowsDefaultPorts) {
  EXPECT_EQ(default_port("http"), 80);
  EXPECT_EQ(default_port("HTTPS"), 443);
  EXPECT_EQ(default_port("ws"), std::nullopt);
}

}  // namespace
}  // namespace podwire::tap
