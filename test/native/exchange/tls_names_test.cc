// Connections that begin with TLS: told with what their ClientHello says in clear.
#include <gtest/gtest.h>

#include "http2_frames.h"
#include "observed.h"
#include "tls/client_hello.h"

namespace podwire::exchange {
namespace {

using namespace test;
using namespace std::string_literals;

std::string extension(unsigned type, const std::string& data) {
  return big_endian(type, 2) + big_endian(data.size(), 2) + data;
}

// RFC 8446, sections 4.1.2 and 5.1; RFC 6066, section 3; RFC 7301, section 3.1.
std::string client_hello(const std::string& server_name, const std::vector<std::string>& protocols) {
  std::string alpn;
  for (const std::string& one : protocols) alpn += big_endian(one.size(), 1) + one;
  const std::string name = "\0"s + big_endian(server_name.size(), 2) + server_name;
  const std::string extensions =
      extension(0, big_endian(name.size(), 2) + name) + extension(16, big_endian(alpn.size(), 2) + alpn);
  const std::string body = "\x03\x03" + std::string(32, 'r') + "\0"s + "\0\x02\x13\x01"s + "\x01\0"s +
                           big_endian(extensions.size(), 2) + extensions;
  const std::string handshake = "\x01" + big_endian(body.size(), 3) + body;
  return "\x16\x03\x01" + big_endian(handshake.size(), 2) + handshake;
}

TEST(TlsNames, ServerNameAndProtocolsAreTold) {
  Observed run;
  run.client(client_hello("shop.example.org", {"h2", "http/1.1"}));
  EXPECT_EQ(run.text, "loss tls 9:80 shop.example.org h2 http/1.1\n");
  EXPECT_TRUE(run.ignored);
  run.server("\x16\x03\x03").close();
  EXPECT_EQ(run.text, "loss tls 9:80 shop.example.org h2 http/1.1\n") << "told once";
}

TEST(TlsNames, TheHelloMayComeInAnyPieces) {
  const std::string hello = client_hello("a.b", {"h2"});
  for (std::size_t at = 1; at < hello.size(); ++at) {
    Observed run;
    run.client(hello.substr(0, at));
    ASSERT_EQ(run.text, "") << at;
    run.client(hello.substr(at));
    ASSERT_EQ(run.text, "loss tls 9:80 a.b h2\n") << at;
    ASSERT_EQ(run.engine.incomplete_bytes(), 0U);
  }
  Observed bytewise;
  for (const char byte : hello) bytewise.client({&byte, 1});
  EXPECT_EQ(bytewise.text, "loss tls 9:80 a.b h2\n");
}

TEST(TlsNames, AHelloThatNeverComesWholeIsToldWithoutNames) {
  const std::string half = client_hello("a.b", {"h2"}).substr(0, 60);
  Observed closed;
  closed.client(half).close();
  EXPECT_EQ(closed.text, "loss tls 9:80\n");
  Observed fin;
  fin.client(half).end(tcp::Side::kInitiator);
  EXPECT_EQ(fin.text, "loss tls 9:80\n");
  EXPECT_TRUE(fin.ignored);
  Observed lost;
  lost.client(half).client_gap(5);
  EXPECT_EQ(lost.text, "loss tls 9:80\n");
  EXPECT_TRUE(lost.ignored);
}

TEST(TlsNames, WhatTheServerSendsDoesNotMatter) {
  const std::string hello = client_hello("a.b", {"h2"});
  Observed run;
  run.client(hello.substr(0, 50)).server("\x15\x03\x03\0\x02\x02\x28"s).server_gap(9).client(hello.substr(50));
  EXPECT_EQ(run.text, "loss tls 9:80 a.b h2\n");
}

TEST(TlsNames, NoHelloBeyondItsBoundIsWaitedFor) {
  Observed run;
  run.client("\x16\x03\x01\x40\0\x01\x01\0\0"s);  // 64 KiB and more
  EXPECT_EQ(run.text, "loss tls 9:80\n");
}

TEST(TlsNames, MemoryForThemIsBounded) {
  ExchangeLimits limits;
  limits.max_incomplete_bytes = 1'000;
  Observed run(limits);
  run.client("\x16\x03\x01\x40\0\x01\0\xff\0"s).client(std::string(500, 'x'));
  EXPECT_EQ(run.text, "");
  EXPECT_GT(run.engine.incomplete_bytes(), 500U);
  run.client(std::string(500, 'x'));
  EXPECT_EQ(run.text, "loss tls 9:80\n");
  EXPECT_EQ(run.engine.incomplete_bytes(), 0U);
}

}  // namespace
}  // namespace podwire::exchange
