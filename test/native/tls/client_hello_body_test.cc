// The message itself: RFC 8446, section 4.1.2, and the two extensions.
#include "hello_bytes.h"
#include "parse_prefixes.h"

namespace podwire::tls {
namespace {

using std::string_literals::operator""s;
using Protocols = std::vector<std::string>;

TEST(ClientHelloBody, WithoutExtensions) {
  const ClientHello hello = expect_complete(record(message(body_without_extensions())));
  EXPECT_EQ(hello.server_name, "");
  EXPECT_EQ(hello.protocols, Protocols());
  EXPECT_EQ(expect_complete(tls::hello("")).server_name, "");
}

TEST(ClientHelloBody, NamesAmongOtherExtensions) {
  const std::string others = extension(0x1a1a, "") + extension(10, vector(number(29, 2), 2));
  const ClientHello hello =
      expect_complete(tls::hello(others + protocols_extension({"h2", "http/1.1"}) + extension(43, "\2\3\4") +
                                 server_name_extension(host_name("shop.example"))));
  EXPECT_EQ(hello.server_name, "shop.example");
  EXPECT_EQ(hello.protocols, Protocols({"h2", "http/1.1"}));
}

// RFC 7685: padding. RFC 9849: of an encrypted ClientHello (0xfe0d) the outer names are what is there.
TEST(ClientHelloBody, PaddingKeySharesAndEncryptedHello) {
  const ClientHello hello = expect_complete(
      tls::hello(server_name_extension(host_name("public.example")) + extension(0xfe0d, std::string(300, 'e')) +
                 extension(51, vector(number(0x11ec, 2) + vector(std::string(1216, 'k'), 2), 2)) +
                 extension(21, std::string(200, '\0'))));
  EXPECT_EQ(hello.server_name, "public.example");
}

// RFC 6066, section 3: a DNS host name in ASCII.
TEST(ClientHelloBody, OnlyGraphicAsciiIsAServerName) {
  const auto server_name = [](const std::string& name) {
    ClientHello hello;
    EXPECT_EQ(parse_guarded(tls::hello(server_name_extension(host_name(name))), hello), ParseOutcome::kComplete);
    return hello.server_name;
  };
  EXPECT_EQ(server_name("xn--bcher-kva.example"), "xn--bcher-kva.example");
  EXPECT_EQ(server_name("!~"), "!~");
  EXPECT_EQ(server_name(std::string(255, 'a')), std::string(255, 'a'));
  EXPECT_EQ(server_name(std::string(256, 'a')), "");
  for (const std::string& name : {"a b"s, "a\0b"s, "a\n"s, "\x1b[31m"s, "b\xc3\xbc.example"s, "a\x7f"s, "\xff"s}) {
    EXPECT_EQ(server_name(name), "") << name;
  }
}

// RFC 6066, section 3: names of other types begin with their length too.
TEST(ClientHelloBody, NamesOfOtherTypesArePassedOver) {
  const std::string other = number(7, 1) + vector("not-a-host", 2);
  EXPECT_EQ(expect_complete(tls::hello(server_name_extension(other))).server_name, "");
  EXPECT_EQ(expect_complete(tls::hello(server_name_extension(other + host_name("a.example")))).server_name,
            "a.example");
}

// RFC 8701, section 2.
TEST(ClientHelloBody, GreaseProtocolsAreLeftOut) {
  Protocols names = {"h2"};
  for (unsigned high = 0; high < 16; ++high) names.push_back(std::string(2, static_cast<char>(high << 4U | 0x0aU)));
  names.push_back("http/1.1");
  EXPECT_EQ(expect_complete(tls::hello(protocols_extension(names))).protocols, Protocols({"h2", "http/1.1"}));
  EXPECT_EQ(expect_complete(tls::hello(protocols_extension({"jz", "zzz", "z", "ss"}))).protocols,
            Protocols({"jz", "zzz", "z", "ss"}));
}

TEST(ClientHelloBody, ProtocolsThatAreNotGraphicAreLeftOut) {
  EXPECT_EQ(expect_complete(tls::hello(protocols_extension({"h2", "\xff\xfe", "a b", "\x1b[0m"}))).protocols,
            Protocols({"h2"}));
}

TEST(ClientHelloBody, ProtocolsAreBounded) {
  const std::string longest(255, 'p');
  ASSERT_EQ(kMaxProtocols, 8U);
  EXPECT_EQ(expect_complete(tls::hello(protocols_extension({longest, "1", "2", "3", "4", "5", "6", "7", "8", "9"})))
                .protocols,
            Protocols({longest, "1", "2", "3", "4", "5", "6", "7"}));
}

TEST(ClientHelloBody, PartsThatBreakTheirBounds) {
  const std::string random(32, 'r');
  const std::string suites = vector(number(0x1301, 2), 2);
  const std::string session_id = vector("", 1);
  const std::string compression = vector(number(0, 1), 1);
  const std::string head = number(0x0303, 2) + random;
  EXPECT_EQ(expect_complete(record(message(head + session_id + suites + compression))).server_name, "");
  for (const std::string& malformed : {
           ""s, number(0x0303, 2) + random.substr(1),
           head + vector(std::string(33, 's'), 1) + suites + compression,  // legacy_session_id<0..32>
           head + session_id + vector("", 2) + compression,                // cipher_suites<2..2^16-2>
           head + session_id + vector("\x13\x01\x13", 2) + compression,    // of two bytes each
           head + session_id + suites + vector("", 1),                     // compression_methods<1..2^8-1>
           head + session_id + suites,
           head + session_id + suites + compression + "\0"s,                   // half a length
           head + session_id + suites + compression + number(4, 2) + "\0\0"s,  // extensions beyond the message
           head + session_id + suites + compression + vector("", 2) + "x",     // something behind them
       }) {
    expect_malformed(record(message(malformed)));
  }
}

TEST(ClientHelloBody, ExtensionsThatBreakTheirBounds) {
  for (const std::string& malformed : {
           number(0, 1),
           number(0, 2) + number(1, 2),
           extension(0, ""),
           extension(0, vector("", 2)),  // ServerNameList<1..2^16-1>
           extension(0, vector(host_name("a"), 2) + "x"),
           extension(0, vector(number(0, 1) + vector("", 2), 2)),  // HostName<1..2^16-1>
           extension(0, vector(number(0, 1) + number(9, 2) + "a", 2)),
           extension(0, number(9, 2) + host_name("a")),
           server_name_extension(host_name("a") + host_name("b")),                         // RFC 6066: one of a type
           server_name_extension(host_name("a")) + server_name_extension(host_name("a")),  // RFC 8446, section 4.2
           extension(16, ""),
           extension(16, vector("", 2)),  // ProtocolNameList<2..2^16-1>
           protocols_extension({""}),     // ProtocolName<1..2^8-1>
           protocols_extension({"h2", ""}),
           extension(16, vector(vector("h2", 1), 2) + "x"),
           extension(16, vector(number(9, 1) + "h2", 2)),
           protocols_extension({"h2"}) + protocols_extension({"h2"}),
       }) {
    expect_malformed(tls::hello(malformed));
  }
}

}  // namespace
}  // namespace podwire::tls
