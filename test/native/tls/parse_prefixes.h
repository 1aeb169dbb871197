// Parses every prefix of a hello, each before an unreadable page.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "test/native/http1/guarded_text.h"
#include "tls/client_hello.h"

namespace podwire::tls {

inline ParseOutcome parse_guarded(std::string_view bytes, ClientHello& hello) {
  const test::GuardedText guarded(bytes);
  return parse_client_hello(guarded.text(), hello);
}

// Complete with the last byte and not before; what follows changes nothing.
inline ClientHello expect_complete(const std::string& bytes) {
  ClientHello hello;
  const ClientHello untouched;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(parse_guarded(std::string_view(bytes).substr(0, length), hello), ParseOutcome::kNeedMore) << length;
    EXPECT_EQ(hello.server_name, untouched.server_name);
  }
  EXPECT_EQ(parse_guarded(bytes, hello), ParseOutcome::kComplete);
  ClientHello followed;
  EXPECT_EQ(parse_guarded(bytes + "\x14\x03\x03", followed), ParseOutcome::kComplete);
  EXPECT_EQ(followed.server_name, hello.server_name);
  EXPECT_EQ(followed.protocols, hello.protocols);
  return hello;
}

// Malformed with the last byte at the latest, and then for good; never complete.
inline void expect_malformed(const std::string& bytes) {
  bool malformed = false;
  ClientHello hello;
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const ParseOutcome outcome = parse_guarded(std::string_view(bytes).substr(0, length), hello);
    EXPECT_NE(outcome, ParseOutcome::kComplete) << length;
    EXPECT_TRUE(!malformed || outcome == ParseOutcome::kMalformed) << length;
    malformed = outcome == ParseOutcome::kMalformed;
  }
  EXPECT_TRUE(malformed);
  EXPECT_TRUE(hello.server_name.empty() && hello.protocols.empty());
}

}  // namespace podwire::tls
