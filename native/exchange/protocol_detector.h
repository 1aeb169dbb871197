// What a TCP connection carries, told by its content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace podwire::exchange {

enum class StreamContent : std::uint8_t {
  kUndecided,      // fewer than kMaxFirstBytes, and they could begin one thing or another
  kRequests,       // HTTP/1
  kResponses,      // HTTP/1
  kHttp2,          // the client's preface: RFC 9113, section 3.4
  kHttp2Settings,  // the server's, which may come first
  kTls,            // a handshake record: RFC 8446, section 5.1
  kOther,
};

inline constexpr std::size_t kMaxFirstBytes = 14;

// Of the first bytes of one direction. A request line is recognised by its first bytes; whether it is one, the
// message reader judges.
[[nodiscard]] StreamContent detect_first_bytes(std::string_view bytes);

// Of a piece from the middle of a stream: TLS records, whose boundary segments usually are. One record header may
// stand in any data, so the records must fill the piece; of the first piece that is seen, a record may reach further.
[[nodiscard]] bool resembles_tls_records(std::string_view piece, bool first_piece);

}  // namespace podwire::exchange
