#include "exchange/protocol_detector.h"

#include "http1/start_line.h"
#include "http2/limits.h"

namespace podwire::exchange {
namespace {

constexpr std::string_view kHttp1 = "HTTP/";
constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0";
static_assert(kHttp2Preface.size() == kMaxFirstBytes);

constexpr std::size_t kTlsHeaderBytes = 5;
constexpr std::size_t kMaxTlsRecordBytes = 16'384 + 2'048;  // RFC 5246, section 6.2.3
constexpr std::uint8_t kTlsHandshake = 0x16;

std::uint8_t byte_at(std::string_view bytes, std::size_t offset) { return static_cast<std::uint8_t>(bytes[offset]); }

std::size_t tls_record_bytes(std::string_view header) {
  return (std::size_t{byte_at(header, 3)} << 8U | byte_at(header, 4)) + kTlsHeaderBytes;
}

bool is_tls_header(std::string_view bytes) {
  if (bytes.size() < kTlsHeaderBytes) return false;
  const std::uint8_t type = byte_at(bytes, 0);
  const std::uint8_t minor = byte_at(bytes, 2);
  const std::size_t size = tls_record_bytes(bytes) - kTlsHeaderBytes;
  return type >= 0x14 && type <= 0x17 && byte_at(bytes, 1) == 0x03 && minor >= 0x01 && minor <= 0x04 && size > 0 &&
         size <= kMaxTlsRecordBytes;
}

StreamContent detect_tls(std::string_view bytes) {
  if (bytes.size() > 1 && byte_at(bytes, 1) != 0x03) return StreamContent::kOther;
  if (bytes.size() > 2 && byte_at(bytes, 2) > 0x04) return StreamContent::kOther;
  return bytes.size() > 2 ? StreamContent::kTls : StreamContent::kUndecided;
}

// A SETTINGS frame without ACK: RFC 9113, section 6.5. Its length is a multiple of 6, and small.
bool could_begin_settings_frame(std::string_view bytes) {
  constexpr std::size_t kMaxSettingsBytes = 1'020;
  constexpr std::string_view kRest("\x04\0\0\0\0\0", 6);  // type, flags, stream 0
  if (byte_at(bytes, 0) != 0) return false;
  if (bytes.size() < 3) return bytes.size() < 2 || byte_at(bytes, 1) <= kMaxSettingsBytes >> 8U;
  const std::size_t length = std::size_t{byte_at(bytes, 1)} << 8U | byte_at(bytes, 2);
  const std::string_view rest = bytes.substr(3, kRest.size());
  return length % 6 == 0 && length <= kMaxSettingsBytes && kRest.starts_with(rest);
}

}  // namespace

StreamContent detect_first_bytes(std::string_view bytes) {
  if (bytes.empty()) return StreamContent::kUndecided;
  if (byte_at(bytes, 0) == kTlsHandshake) return detect_tls(bytes);
  if (bytes.starts_with(kHttp1)) {
    return http1::could_begin_status_line(bytes) ? StreamContent::kResponses : StreamContent::kOther;
  }
  if (bytes.starts_with(kHttp2Preface)) return StreamContent::kHttp2;
  if (kHttp1.starts_with(bytes) || kHttp2Preface.starts_with(bytes)) return StreamContent::kUndecided;
  if (could_begin_settings_frame(bytes)) {
    return bytes.size() < http2::kFrameHeaderBytes ? StreamContent::kUndecided : StreamContent::kHttp2Settings;
  }
  // Empty lines may precede a request line (RFC 9112, section 2.2).
  const auto begin = bytes.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) {
    return bytes.size() < kMaxFirstBytes ? StreamContent::kUndecided : StreamContent::kOther;
  }
  return http1::could_begin_request_line(bytes.substr(begin)) ? StreamContent::kRequests : StreamContent::kOther;
}

bool resembles_tls_records(std::string_view piece, bool first_piece) {
  if (!is_tls_header(piece)) return false;
  while (is_tls_header(piece)) {
    const std::size_t record = tls_record_bytes(piece);
    if (record == piece.size()) return true;
    if (record > piece.size()) return first_piece;
    piece.remove_prefix(record);
  }
  return piece.size() < kTlsHeaderBytes && first_piece;
}

}  // namespace podwire::exchange
