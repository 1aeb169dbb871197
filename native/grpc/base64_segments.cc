#include "grpc/base64_segments.h"

#include <array>

namespace podwire::grpc {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoSextet = 0xff;

constexpr std::array<std::uint8_t, 256> sextet_table() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoSextet);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table.at(static_cast<std::uint8_t>(kAlphabet[i])) = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> kSextets = sextet_table();

}  // namespace

Base64Segments::Step Base64Segments::decode(std::string_view text, std::span<char> octets) {
  Step step;
  for (; step.consumed < text.size() && step.octets < octets.size(); ++step.consumed) {
    const char c = text[step.consumed];
    if (c == '=') {
      step.malformed = !padding();
      if (step.malformed) return step;
      continue;
    }
    const std::uint8_t sextet = kSextets[static_cast<std::uint8_t>(c)];
    step.malformed = sextet == kNoSextet || padded_;
    if (step.malformed) return step;
    bits_ = bits_ << 6U | sextet;
    if (sextets_ > 0) octets[step.octets++] = static_cast<char>(bits_ >> (6U - 2U * sextets_));
    sextets_ = (sextets_ + 1U) % 4U;
  }
  return step;
}

// False: not where padding may be, which is the third and fourth place.
bool Base64Segments::padding() {
  if (sextets_ < 2) return false;
  padded_ = sextets_ == 2;
  sextets_ = (sextets_ + 1U) % 4U;
  return true;
}

}  // namespace podwire::grpc
