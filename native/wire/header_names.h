// Header names met before: what is written of them, and what they say of their values, is made out once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "wire/redaction.h"

namespace podwire::wire {

// Headers that tell of a gRPC call.
enum class HeaderRole : std::uint8_t { kNone, kContentType, kGrpcTimeout };

struct HeaderName {
  static constexpr std::size_t kMaxBytes = 46;

  // The field `name` of the message Header: tag, length and the name itself, which is ASCII.
  std::array<char, 2 + kMaxBytes> encoded{};
  std::uint8_t size = 0;  // of the name; 0: there is none
  HeaderRole role = HeaderRole::kNone;
  NameRule rule;
  bool usually_shown = false;  // by its rule, but for values that are marked or that their sender holds for sensitive

  [[nodiscard]] std::string_view name() const { return {encoded.data() + 2, size}; }
};

// An open-addressing hash table of a fixed size; where it is full, a name takes the place of another. One thread at a
// time.
class HeaderNames {
 public:
  HeaderNames();

  // For what is found from now on; null: everything is shown. Names that were met with another one are forgotten.
  void use(const Redaction* redaction) {
    if (redaction != redaction_) begin_with(redaction);
  }

  // Null: the name is empty, too long, or not ASCII. Valid until the next call.
  [[nodiscard]] const HeaderName* find(std::string_view name) {
    if (name.size() - 1 >= HeaderName::kMaxBytes) [[unlikely]]
      return nullptr;
    const Ends ends = ends_of(name.data(), name.size());
    const std::size_t home = slot_of(ends, name.size());
    for (std::size_t step = 0; step < kProbes; ++step) {
      const HeaderName& entry = (*entries_)[(home + step) % kEntries];
      if (entry.size == name.size() && same(entry, name, ends)) return &entry;
    }
    return meet(home, name);
  }

 private:
  static constexpr unsigned kEntryBits = 7;
  static constexpr std::size_t kEntries = std::size_t{1} << kEntryBits;
  static constexpr std::size_t kProbes = 4;  // places where a name may be
  // Of a name of up to so many bytes, the ends are all of it.
  static constexpr std::size_t kEndsBytes = 2 * sizeof(std::uint64_t);

  // The first and the last bytes of a name; with its length they tell nearly all names apart.
  struct Ends {
    std::uint64_t first;
    std::uint64_t last;
    friend bool operator==(const Ends&, const Ends&) = default;
  };

  template <typename Word>
  static std::uint64_t word_at(const char* bytes) {
    Word word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    return word;
  }
  template <typename Word>
  static Ends words_of(const char* name, std::size_t size) {
    return {word_at<Word>(name), word_at<Word>(name + size - sizeof(Word))};
  }
  static Ends ends_of(const char* name, std::size_t size) {
    if (size >= sizeof(std::uint64_t)) return words_of<std::uint64_t>(name, size);
    if (size >= sizeof(std::uint32_t)) return words_of<std::uint32_t>(name, size);
    return {word_at<std::uint8_t>(name) | word_at<std::uint8_t>(name + size / 2) << 8U,
            word_at<std::uint8_t>(name + size - 1)};
  }
  static std::size_t slot_of(const Ends& ends, std::size_t size) {
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
    const std::uint64_t hash = ((ends.first * kOdd) ^ (ends.last + size)) * kOdd;
    return static_cast<std::size_t>(hash >> (64U - kEntryBits));
  }
  static bool same(const HeaderName& entry, std::string_view name, const Ends& ends) {
    if (ends_of(entry.name().data(), entry.size) != ends) return false;
    return name.size() <= kEndsBytes || std::memcmp(entry.name().data(), name.data(), name.size()) == 0;
  }

  void begin_with(const Redaction* redaction);
  const HeaderName* meet(std::size_t home, std::string_view name);
  [[nodiscard]] HeaderName& place_near(std::size_t home);

  std::unique_ptr<std::array<HeaderName, kEntries>> entries_;
  const Redaction* redaction_ = nullptr;
  std::size_t replaced_ = 0;  // names, by others
};

}  // namespace podwire::wire
