#include "tap/credential_names.h"

#include <algorithm>
#include <array>
#include <span>

#include "wire/ascii.h"

namespace podwire::tap {
namespace {

using Names = std::span<const std::string_view>;

// A longer name is taken for a credential's.
constexpr std::size_t kMaxNameBytes = 256;
// Of an authorization `code` and a `state` (RFC 6749, section 4.1) that nobody may guess; shorter ones are words.
constexpr std::size_t kUnguessableBytes = 16;

constexpr auto kCredentialWords = std::to_array<std::string_view>({
    "accesskey", "apikey", "assertion", "authorization",   "bearer", "cookie",   "credential",
    "csrf",      "jwt",    "masterkey", "passphrase",      "passwd", "password", "privatekey",
    "secret",    "sessid", "sessionid", "subscriptionkey", "token",  "xsrf",
});

constexpr auto kCredentialHeaders = std::to_array<std::string_view>({
    "authkey",
    "ddapplicationkey",
    "session",
    "xadminkey",
    "xamznoidcdata",
    "xauthkey",
    "xfunctionskey",
    "xgithubotp",
    "xhoneycombteam",
    "xinsertkey",
    "xlicensekey",
    "xotp",
    "xquerykey",
    "xsession",
});

constexpr auto kUrlHeaders = std::to_array<std::string_view>({
    "contentlocation",
    "destination",
    "link",
    "location",
    "origin",
    "path",
    "referer",
    "referrer",
    "refresh",
    "sourcemap",
    "xaccelredirect",
    "xenvoyoriginalpath",
    "xforwardeduri",
    "xoriginaluri",
    "xoriginalurl",
    "xrewriteurl",
});

constexpr auto kAuthorityHeaders =
    std::to_array<std::string_view>({"authority", "host", "xforwardedhost", "xoriginalhost"});

constexpr auto kChallengeHeaders = std::to_array<std::string_view>({"proxyauthenticate", "wwwauthenticate"});

constexpr auto kCredentialParameters = std::to_array<std::string_view>({
    "auth",
    "key",
    "otp",
    "pass",
    "pwd",
    "samlart",
    "samlresponse",
    "session",
    "sid",
    "sig",
    "ticket",
});

constexpr auto kPageTokens = std::to_array<std::string_view>({
    "continuationtoken",
    "nextpagetoken",
    "nexttoken",
    "pagetoken",
});

static_assert(std::is_sorted(kCredentialWords.begin(), kCredentialWords.end()));
static_assert(std::is_sorted(kCredentialHeaders.begin(), kCredentialHeaders.end()));
static_assert(std::is_sorted(kAuthorityHeaders.begin(), kAuthorityHeaders.end()));
static_assert(std::is_sorted(kUrlHeaders.begin(), kUrlHeaders.end()));
static_assert(std::is_sorted(kCredentialParameters.begin(), kCredentialParameters.end()));
static_assert(std::is_sorted(kPageTokens.begin(), kPageTokens.end()));

// Of a name that is, or that has in it what is, a credential's.
constexpr std::size_t kShortestParameterBytes = 3;
static_assert(std::ranges::all_of(kCredentialWords, [](auto word) { return word.size() >= kShortestParameterBytes; }));
static_assert(std::ranges::all_of(kCredentialParameters,
                                  [](auto name) { return name.size() >= kShortestParameterBytes; }));

bool is_one_of(std::string_view name, Names names) { return std::binary_search(names.begin(), names.end(), name); }

bool contains(std::string_view name, std::string_view word) { return name.find(word) != std::string_view::npos; }

// Where the words that begin with each letter stand: from [letter] to [letter + 1].
constexpr auto kWordsOfLetter = [] {
  std::array<std::uint8_t, 27> begins{};
  for (std::uint8_t letter = 0, word = 0; letter < begins.size(); ++letter) {
    while (word < kCredentialWords.size() && kCredentialWords[word].front() < 'a' + letter) ++word;
    begins[letter] = word;
  }
  return begins;
}();

bool has_credential_word(std::string_view name) {
  const auto counts_or_permits = [name] { return contains(name, "ratelimit") || contains(name, "accesscontrol"); };
  for (std::string_view rest = name; !rest.empty(); rest.remove_prefix(1)) {
    if (rest.front() < 'a') continue;
    const auto letter = static_cast<std::size_t>(rest.front() - 'a');
    for (std::size_t i = kWordsOfLetter[letter]; i < kWordsOfLetter[letter + 1]; ++i) {
      const std::string_view word = kCredentialWords[i];
      if (!rest.starts_with(word)) continue;
      if ((word != "token" && word != "credential") || !counts_or_permits()) return true;
    }
  }
  return false;
}

// X-Registry-Auth; in gRPC, x-auth-bin.
bool ends_with_auth(std::string_view name) {
  if (name.ends_with("bin")) name.remove_suffix(3);
  return name.ends_with("auth");
}

// Lower-case letters and digits alone.
class PlainName {
 public:
  explicit PlainName(std::string_view name) : too_long_(name.size() > kMaxNameBytes) {
    for (const char c : name.substr(0, kMaxNameBytes)) {
      const char lower = wire::ascii_lower(c);
      if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) bytes_[size_++] = lower;
    }
  }
  [[nodiscard]] bool too_long() const { return too_long_; }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMaxNameBytes> bytes_;
  std::size_t size_ = 0;
  bool too_long_;
};

}  // namespace

HeaderKind header_kind(std::string_view name) {
  const PlainName plain(name);
  if (plain.too_long()) return HeaderKind::kCredential;
  const std::string_view key = plain.view();
  if (is_one_of(key, kUrlHeaders)) return HeaderKind::kUrl;
  if (is_one_of(key, kAuthorityHeaders)) return HeaderKind::kAuthority;
  if (is_one_of(key, kChallengeHeaders)) return HeaderKind::kChallenge;
  if (key == "secwebsocketprotocol") return HeaderKind::kSubprotocol;
  const bool is_credential = is_one_of(key, kCredentialHeaders) || ends_with_auth(key) || has_credential_word(key);
  return is_credential ? HeaderKind::kCredential : HeaderKind::kPlain;
}

bool is_credential_parameter(std::string_view name, std::size_t value_bytes) {
  if (name.size() < kShortestParameterBytes) return false;
  const PlainName plain(name);
  if (plain.too_long()) return true;
  const std::string_view key = plain.view();
  if (key == "code" || key == "state") return value_bytes >= kUnguessableBytes;
  if (is_one_of(key, kPageTokens)) return false;
  return is_one_of(key, kCredentialParameters) || contains(key, "signature") || has_credential_word(key);
}

}  // namespace podwire::tap
