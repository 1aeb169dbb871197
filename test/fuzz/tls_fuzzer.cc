// A TLS ClientHello: any bytes, and ones that are made of the input and cut into records.
#include <array>
#include <string>
#include <vector>

#include "fuzz_input.h"
#include "property.h"
#include "tls/client_hello.h"

namespace podwire::fuzz {
namespace {

using tls::ParseOutcome;

struct Parsed {
  ParseOutcome outcome = ParseOutcome::kNeedMore;
  std::string words;
};

Parsed parse(std::string_view bytes) {
  // Of its own exact size, so that a read beyond it is seen.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  tls::ClientHello hello;
  Parsed parsed;
  parsed.outcome = tls::parse_client_hello({exact.data(), exact.size()}, hello);
  const bool written = !hello.server_name.empty() || !hello.protocols.empty();
  require(!written || parsed.outcome == ParseOutcome::kComplete, "only what is complete is told");
  require(hello.protocols.size() <= tls::kMaxProtocols, "protocols keep to their bound");
  require(hello.server_name.size() <= tls::kMaxServerNameBytes, "a server name keeps to its bound");
  parsed.words = std::to_string(static_cast<int>(parsed.outcome)) + ' ' + hello.server_name;
  for (const std::string& protocol : hello.protocols) parsed.words += ", " + protocol;
  const bool graphic =
      std::all_of(hello.server_name.begin(), hello.server_name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  require(graphic, "a server name is of graphic bytes");
  return parsed;
}

// More bytes never change a verdict.
void check_prefixes(std::string_view bytes) {
  constexpr std::size_t kTriedOneByOne = 48;
  Parsed verdict;
  for (std::size_t size = 0; size <= bytes.size(); size += size < kTriedOneByOne ? 1 : 1 + size / 16) {
    const Parsed parsed = parse(bytes.substr(0, size));
    if (verdict.outcome != ParseOutcome::kNeedMore) {
      require_same(parsed.words, verdict.words, "more bytes change no verdict");
    }
    verdict = parsed;
  }
}

std::string sized(std::string_view content, std::size_t length_bytes) {
  std::string made;
  for (std::size_t i = length_bytes; i-- > 0;) made += static_cast<char>(content.size() >> (8 * i) & 0xffU);
  return made.append(content);
}

std::string letters(std::string_view bytes) {
  std::string made;
  for (const char c : bytes) made += static_cast<char>('a' + static_cast<std::uint8_t>(c) % 26U);
  return made;
}

std::string extension(std::uint16_t type, const std::string& content) {
  return std::string{static_cast<char>(type >> 8U), static_cast<char>(type & 0xffU)} + sized(content, 2);
}

// RFC 8446, sections 4 and 5.1, in records whose sizes the input gives.
std::string records_of(FuzzInput& input, const std::string& handshake) {
  std::string records;
  for (std::size_t at = 0; at < handshake.size();) {
    const std::size_t size = std::min<std::size_t>(1U + input.byte(), handshake.size() - at);
    records += std::string("\x16\x03\x01", 3) + sized(std::string_view(handshake).substr(at, size), 2);
    at += size;
  }
  return records;
}

void check_round_trip(FuzzInput& input) {
  const std::string name = letters(input.bytes(input.byte()));
  std::string expected = "0 " + name;
  std::string list;
  const std::size_t count = input.byte() % (tls::kMaxProtocols + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string protocol = letters(input.bytes(1U + input.byte() % 16U)) + 'x';
    expected += ", " + protocol;
    list += sized(protocol, 1);
  }
  const std::string session(input.bytes(input.byte() % 33U));
  std::string extensions = extension(0xff01, std::string(1, '\0'));
  if (!name.empty()) extensions += extension(0, sized(std::string(1, '\0') + sized(name, 2), 2));
  extensions += extension(0x1234, std::string(input.bytes(input.byte())));
  if (count > 0) extensions += extension(16, sized(list, 2));
  const std::string body = std::string("\x03\x03", 2) + std::string(32, 'r') + sized(session, 1) +
                           sized(std::string("\x13\x01", 2), 2) + sized(std::string(1, '\0'), 1) + sized(extensions, 2);
  const std::string records = records_of(input, std::string(1, '\x01') + sized(body, 3));
  require_same(parse(records).words, expected, "what was written is read");
  require(parse(std::string_view(records).substr(0, records.size() - 1)).outcome == ParseOutcome::kNeedMore,
          "a ClientHello that lacks a byte needs more");
  check_prefixes(records + std::string(input.rest()));
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  if (input.byte() % 2U == 0) {
    check_prefixes(input.rest());
  } else {
    check_round_trip(input);
  }
  return 0;
}
