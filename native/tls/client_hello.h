// What a TLS ClientHello tells in clear: RFC 8446, section 4.1.2; server name: RFC 6066, section 3; application
// protocols: RFC 7301, section 3.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podwire::tls {

// Of the handshake message with its header, over all its records. A longer one is kMalformed.
inline constexpr std::size_t kMaxClientHelloBytes = std::size_t{64} << 10U;
// In as many the handshake message may come. More are kMalformed.
inline constexpr std::size_t kMaxClientHelloRecords = 1024;
// Of a domain name as text: RFC 1035, section 2.3.4.
inline constexpr std::size_t kMaxServerNameBytes = 255;
inline constexpr std::size_t kMaxProtocols = 8;

struct ClientHello {
  // Empty: none was sent, or it is no host name (at most kMaxServerNameBytes, and only of ASCII graphic bytes). Of an
  // encrypted ClientHello the outer one.
  std::string server_name;
  // ALPN, in the client's order; at most kMaxProtocols. Left out are the values that clients send to be ignored
  // (GREASE: RFC 8701, section 2), and those with other than ASCII graphic bytes.
  std::vector<std::string> protocols;
};

enum class ParseOutcome : std::uint8_t { kComplete, kNeedMore, kMalformed };

// `bytes` from the first byte of the connection: records of the handshake, possibly several to one message; what
// follows the ClientHello is not looked at. Resumable by giving it more of the same bytes: a call that needs more takes
// time for the records, not for their bytes. `out` is written with kComplete alone.
[[nodiscard]] ParseOutcome parse_client_hello(std::string_view bytes, ClientHello& out);

}  // namespace podwire::tls
