#include "tls/client_hello.h"

#include <algorithm>
#include <utility>

#include "tls/handshake_message.h"
#include "tls/presentation_reader.h"

namespace podwire::tls {
namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kMaxSessionIdBytes = 32;
constexpr std::uint32_t kServerNameExtension = 0;  // RFC 6066, section 1.1
constexpr std::uint32_t kHostName = 0;             // RFC 6066, section 3
constexpr std::uint32_t kAlpnExtension = 16;       // RFC 7301, section 3.1

bool only_graphic(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '!' && c <= '~'; });
}

// RFC 8701, section 2: 0x0A0A, 0x1A1A, …, 0xFAFA.
bool is_grease(std::string_view protocol) {
  return protocol.size() == 2 && protocol[0] == protocol[1] && (static_cast<std::uint8_t>(protocol[0]) & 0x0fU) == 0x0a;
}

// False: malformed, as of all that follow.
bool read_server_name(std::string_view extension, ClientHello& hello) {
  PresentationReader reader(extension);
  const auto list = reader.vector(2, 1);
  if (!list || !reader.empty()) return false;
  bool has_host_name = false;
  for (PresentationReader names(*list); !names.empty();) {
    const auto type = names.number(1);
    const auto name = names.vector(2, 1);
    if (!type || !name) return false;
    if (*type != kHostName) continue;
    if (has_host_name) return false;  // "MUST NOT contain more than one name of the same name_type"
    has_host_name = true;
    if (name->size() <= kMaxServerNameBytes && only_graphic(*name)) hello.server_name = *name;
  }
  return true;
}

bool read_protocols(std::string_view extension, ClientHello& hello) {
  PresentationReader reader(extension);
  const auto list = reader.vector(2, 2);
  if (!list || !reader.empty()) return false;
  for (PresentationReader names(*list); !names.empty();) {
    const auto name = names.vector(1, 1);
    if (!name) return false;
    const bool kept = hello.protocols.size() < kMaxProtocols && !is_grease(*name) && only_graphic(*name);
    if (kept) hello.protocols.emplace_back(*name);
  }
  return true;
}

bool read_extensions(std::string_view extensions, ClientHello& hello) {
  bool has_server_name = false;
  bool has_protocols = false;
  for (PresentationReader reader(extensions); !reader.empty();) {
    const auto type = reader.number(2);
    const auto data = reader.vector(2);
    if (!type || !data) return false;
    // RFC 8446, section 4.2: not more than one of the same type.
    if (*type == kServerNameExtension) {
      if (std::exchange(has_server_name, true) || !read_server_name(*data, hello)) return false;
    } else if (*type == kAlpnExtension) {
      if (std::exchange(has_protocols, true) || !read_protocols(*data, hello)) return false;
    }
  }
  return true;
}

bool read_client_hello(std::string_view body, ClientHello& hello) {
  PresentationReader reader(body);
  const auto version = reader.number(2);
  const auto random = reader.opaque(kRandomBytes);
  const auto session_id = reader.vector(1);
  const auto cipher_suites = reader.vector(2, 2);
  const auto compression_methods = reader.vector(1, 1);
  if (!version || !random || !session_id || !cipher_suites || !compression_methods) return false;
  if (session_id->size() > kMaxSessionIdBytes || cipher_suites->size() % 2 != 0) return false;
  if (reader.empty()) return true;  // before TLS 1.3 extensions may be missing: RFC 5246, section 7.4.1.2
  const auto extensions = reader.vector(2);
  return extensions && reader.empty() && read_extensions(*extensions, hello);
}

}  // namespace

ParseOutcome parse_client_hello(std::string_view bytes, ClientHello& out) {
  std::string body;
  const ParseOutcome outcome = read_client_hello_message(bytes, body);
  if (outcome != ParseOutcome::kComplete) return outcome;
  ClientHello hello;
  if (!read_client_hello(body, hello)) return ParseOutcome::kMalformed;
  out = std::move(hello);
  return ParseOutcome::kComplete;
}

}  // namespace podwire::tls
