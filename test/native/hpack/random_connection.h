// Header blocks of one direction of a connection, made at random from a seed by nghttp2's encoder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "nghttp2_coders.h"

namespace podwire::test {

struct EncodedBlock {
  std::vector<Header> headers;
  std::string bytes;
};

// The most that any table below has.
inline constexpr std::size_t kLargestTableBytes = 65'536;

// Names and values of any kind and length, some again and again; the table's size changes in between.
class RandomConnection {
 public:
  // `table_bytes`: from the first block on.
  RandomConnection(std::uint32_t seed, std::size_t table_bytes, bool size_changes)
      : random_(seed), size_changes_(size_changes), encoder_(kLargestTableBytes) {
    encoder_.change_table_size(table_bytes);
    for (std::size_t i = 0; i < kKnownTexts; ++i) {
      names_.push_back(text(1 + below(20)));
      values_.push_back(text(below(80)));
    }
  }

  EncodedBlock block() {
    if (size_changes_ && below(10) == 0) change_size();
    EncodedBlock made;
    const std::size_t count = below(20);
    for (std::size_t i = 0; i < count; ++i) made.headers.push_back(header());
    made.bytes = encoder_.encode(made.headers);
    return made;
  }

  std::vector<EncodedBlock> blocks(std::size_t count) {
    std::vector<EncodedBlock> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(block());
    return made;
  }

 private:
  static constexpr std::size_t kKnownTexts = 30;
  static constexpr std::array<const char*, 12> kStaticNames{
      ":method", ":path",      ":status",       ":authority",    "accept", "user-agent",
      "cookie",  "set-cookie", "authorization", "cache-control", "date",   "content-length"};

  std::uint32_t below(std::size_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

  // Some letters, or any octets.
  std::string text(std::size_t length) {
    std::string made(length, '\0');
    const bool any_octet = below(4) == 0;
    for (char& letter : made) letter = static_cast<char>(any_octet ? below(256) : 'a' + below(26));
    return made;
  }

  Header header() {
    Header made;
    switch (below(5)) {
      case 0:
        made.name = text(1 + below(30));
        break;
      case 1:
      case 2:
        made.name = kStaticNames[below(kStaticNames.size())];
        break;
      default:
        made.name = names_[below(kKnownTexts)];
    }
    switch (below(10)) {
      case 0:
        made.value = text(below(40));
        break;
      case 1:
        made.value = below(10) == 0 ? text(below(6'000)) : "GET";
        break;
      default:
        made.value = values_[below(kKnownTexts)];
    }
    made.never_indexed = below(20) == 0;
    return made;
  }

  void change_size() {
    static constexpr std::array<std::size_t, 4> kSizes{0, 64, 4'096, kLargestTableBytes};
    // Sometimes twice between two blocks.
    for (std::size_t changes = 1 + below(2); changes > 0; --changes) {
      encoder_.change_table_size(below(4) == 0 ? below(2'000) : kSizes[below(kSizes.size())]);
    }
  }

  std::mt19937 random_;
  bool size_changes_;
  Nghttp2Encoder encoder_;
  std::vector<std::string> names_;
  std::vector<std::string> values_;
};

}  // namespace podwire::test
