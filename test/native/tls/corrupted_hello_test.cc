// Damaged hellos: an outcome of the three, names within their bounds, no byte read beyond.
#include <algorithm>
#include <random>

#include "hello_bytes.h"
#include "parse_prefixes.h"
#include "recorded_hello.h"

namespace podwire::tls {
namespace {

bool graphic(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c >= '!' && c <= '~'; });
}

void expect_bounded(const std::string& bytes) {
  ClientHello hello;
  const ParseOutcome outcome = parse_guarded(bytes, hello);
  const bool empty = hello.server_name.empty() && hello.protocols.empty();
  EXPECT_TRUE(outcome == ParseOutcome::kComplete || empty);
  EXPECT_LE(hello.server_name.size(), kMaxServerNameBytes);
  EXPECT_TRUE(graphic(hello.server_name));
  EXPECT_LE(hello.protocols.size(), kMaxProtocols);
  for (const std::string& protocol : hello.protocols) EXPECT_TRUE(!protocol.empty() && graphic(protocol));
}

TEST(CorruptedHello, EachByteOfEachRecordedHello) {
  for (const RecordedHello& recorded : recorded_hellos()) {
    SCOPED_TRACE(recorded.program);
    for (std::size_t at = 0; at < recorded.bytes.size(); ++at) {
      for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
        std::string bytes = recorded.bytes;
        bytes[at] = static_cast<char>(static_cast<std::uint8_t>(bytes[at]) ^ flip);
        expect_bounded(bytes);
      }
    }
  }
}

// Every length that is one too large or too small shows.
TEST(CorruptedHello, LengthsThatDoNotFit) {
  const std::string message_bytes =
      message(body(server_name_extension(host_name("shop.example")) + protocols_extension({"h2", "http/1.1"})));
  constexpr std::size_t kMessageHeaderBytes = 4;
  const std::size_t extensions = kMessageHeaderBytes + body_without_extensions().size();
  const std::size_t server_name = extensions + 2;
  const std::size_t protocols = server_name + server_name_extension(host_name("shop.example")).size();
  for (const std::size_t low_byte : {
           extensions + 1,
           server_name + 3,  // of the extension
           server_name + 5,  // of the list
           server_name + 8,  // of the name
           protocols + 3,    // of the extension
           protocols + 5,    // of the list
       }) {
    for (const int change : {-1, 1}) {
      SCOPED_TRACE(std::to_string(low_byte) + (change > 0 ? " longer" : " shorter"));
      std::string bytes = message_bytes;
      bytes[low_byte] = static_cast<char>(bytes[low_byte] + change);
      expect_malformed(record(bytes));
    }
  }
}

TEST(CorruptedHello, RandomBytes) {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string extensions;
    for (auto i = random() % 200; i > 0; --i)
      extensions += static_cast<char>(random() % 4 == 0 ? random() : random() % 3);
    expect_bounded(hello(extensions));
    expect_bounded(record(message(extensions)));
    expect_bounded(record(extensions));
    expect_bounded(extensions);
  }
}

}  // namespace
}  // namespace podwire::tls
