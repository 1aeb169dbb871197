// Reads an encoded TapSpec, which came over NATS and is not to be trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "tap/tap_spec.h"

namespace podwire::tap {

// Entries of one repeated field.
constexpr std::size_t kMaxEntries = 1024;
// Of `headers`: each may hold a regular expression.
constexpr std::size_t kMaxHeaderMatches = 64;
// Of all peers of a spec together.
constexpr std::size_t kMaxNetworks = 65'536;
constexpr std::size_t kMaxTokenBytes = 256;  // methods, schemes, names of headers
constexpr std::size_t kMaxHostBytes = 262;   // a DNS name and a port
constexpr std::size_t kMaxPathBytes = 1024;
constexpr std::size_t kMaxHeaderValueBytes = 4096;
constexpr std::size_t kMaxRegexBytes = 1024;
constexpr std::uint32_t kMaxBodyBytes = 1U << 20U;  // of each body
constexpr std::uint32_t kMaxRate = 1'000'000;       // exchanges a second

enum class SpecErrorCode : std::uint8_t {
  kMalformed,   // not protobuf, or a field of another type
  kTooMany,     // entries
  kOutOfRange,  // a value or its length
  kBadRegex,
};

struct SpecError {
  SpecErrorCode code = SpecErrorCode::kMalformed;
  std::string sentence;  // names the field, what was expected and what came; no header value
};

// Fields that are not known are skipped. Throws nothing but std::bad_alloc.
[[nodiscard]] std::variant<TapSpec, SpecError> decode_tap_spec(std::string_view bytes);

}  // namespace podwire::tap
