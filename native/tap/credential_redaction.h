// Keeps credentials from taps without the right to see them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tap/credential_names.h"
#include "wire/redaction.h"

namespace podwire::tap {

// Remembers the kinds of the header names it met last: a name is looked at closely once, not once an exchange.
class HeaderKindMemo {
 public:
  // Not of an empty name.
  [[nodiscard]] HeaderKind kind_of(std::string_view name);

 private:
  static constexpr std::size_t kEntries = 256;  // a power of two
  static constexpr std::size_t kNameBytes = 46;
  struct Entry {
    std::array<char, kNameBytes> name{};
    std::uint8_t size = 0;
    HeaderKind kind = HeaderKind::kPlain;
  };
  std::array<Entry, kEntries> entries_{};
};

// Values of credential headers are hidden whole, and so are those of headers whose name cannot be known or that their
// sender marked as sensitive (never indexed, RFC 7541, section 7.1.3), and values that look like a credential (Bearer
// …, Basic …, a JSON Web Token) wherever they stand. In URLs the credentials alone are replaced; method, path and the
// like of HTTP/2 are no headers here, whatever their sender marked. One thread at a time.
class CredentialRedaction final : public wire::Redaction {
 public:
  [[nodiscard]] std::optional<std::string_view> header(const exchange::HeaderField& header,
                                                       std::string& scratch) const override;
  [[nodiscard]] std::string_view path(std::string_view path, std::string& scratch) const override;
  [[nodiscard]] std::string_view authority(std::string_view authority, std::string& scratch) const override;

 private:
  mutable HeaderKindMemo kinds_;
};

}  // namespace podwire::tap
