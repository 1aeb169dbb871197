// Keeps credentials from taps without the right to see them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tap/redaction_rules.h"
#include "wire/redaction.h"

namespace podwire::tap {

// Values of credential headers are hidden whole, and so are those of headers whose name cannot be known or that their
// sender marked as sensitive (never indexed, RFC 7541, section 7.1.3), and values that look like a credential (Bearer
// …, Basic …, a JSON Web Token) wherever they stand. In URLs the credentials alone are replaced; method, path and the
// like of HTTP/2 are no headers here, whatever their sender marked. One thread at a time.
class CredentialRedaction final : public wire::Redaction {
 public:
  // `rules`: what is hidden in addition; null: nothing.
  explicit CredentialRedaction(std::shared_ptr<const RedactionRules> rules = nullptr) : rules_(std::move(rules)) {}

  [[nodiscard]] wire::NameRule name_rule(std::string_view name) const override;
  [[nodiscard]] std::optional<std::string_view> value(std::uint8_t kind, std::string_view value,
                                                      std::string& scratch) const override;
  [[nodiscard]] std::string_view path(std::string_view path, std::string& scratch) const override;
  [[nodiscard]] std::string_view authority(std::string_view authority, std::string& scratch) const override;

 private:
  [[nodiscard]] std::string_view url(std::string_view text, std::string& scratch) const;

  const std::shared_ptr<const RedactionRules> rules_;
};

}  // namespace podwire::tap
