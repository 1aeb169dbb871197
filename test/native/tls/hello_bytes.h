// Puts together ClientHellos of the parts that RFC 8446, section 4.1.2 names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace podwire::tls {

inline std::string number(std::size_t value, std::size_t bytes) {
  std::string digits;
  for (std::size_t i = bytes; i > 0; --i) digits += static_cast<char>(value >> (8 * (i - 1)) & 0xffU);
  return digits;
}

inline std::string vector(const std::string& content, std::size_t length_bytes) {
  return number(content.size(), length_bytes) + content;
}

inline std::string extension(std::size_t type, const std::string& data) { return number(type, 2) + vector(data, 2); }

inline std::string host_name(const std::string& name) { return number(0, 1) + vector(name, 2); }

inline std::string server_name_extension(const std::string& names) { return extension(0, vector(names, 2)); }

inline std::string protocols_extension(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += vector(name, 1);
  return extension(16, vector(list, 2));
}

// The body up to the extensions, which a hello may lack.
inline std::string body_without_extensions() {
  return number(0x0303, 2) + std::string(32, 'r') + vector(std::string(32, 's'), 1) + vector(number(0x1301, 2), 2) +
         vector(number(0, 1), 1);
}

inline std::string body(const std::string& extensions) { return body_without_extensions() + vector(extensions, 2); }

inline std::string message(const std::string& message_body) { return number(1, 1) + vector(message_body, 3); }

inline std::string record(const std::string& fragment) {
  return number(22, 1) + number(0x0301, 2) + vector(fragment, 2);
}

// In records with at most `fragment_bytes` of the message each.
inline std::string records(const std::string& whole, std::size_t fragment_bytes) {
  std::string bytes;
  for (std::size_t at = 0; at < whole.size(); at += fragment_bytes) bytes += record(whole.substr(at, fragment_bytes));
  return bytes;
}

inline std::string hello(const std::string& extensions) { return record(message(body(extensions))); }

}  // namespace podwire::tls
