// One direction of a connection made of a fuzz input: its bytes, and which of them are lost or skipped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz_input.h"

namespace podwire::fuzz {

enum class Damage : std::uint8_t {
  kGap,         // the bytes are lost
  kUnsizedGap,  // so are they, and their number is not told
  kSkip,        // not seen where the reader says that it need not see them
  kOther,       // nothing is lost; something else happens, which is for the target to choose
};

struct DamageAt {
  std::size_t position = 0;  // of the stream
  std::size_t bytes = 0;
  Damage kind = Damage::kGap;
  std::uint8_t choice = 0;  // of kOther
};

// Layout: split (u16), count of damages (u8, its lower three bits), for each: position, bytes (u16 each), kind (u8);
// the rest is the stream.
struct StreamPlan {
  std::size_t split = 0;
  std::vector<DamageAt> damages;  // in stream order
  std::string_view stream;

  explicit StreamPlan(FuzzInput& input) {
    split = input.u16();
    damages.resize(input.byte() % 8U);
    for (DamageAt& damage : damages) {
      damage.position = input.u16();
      damage.bytes = input.u16();
      const std::uint8_t kind = input.byte();
      damage.kind = static_cast<Damage>(kind % 4U);
      damage.choice = kind / 4U;
    }
    stream = input.rest();
    std::stable_sort(damages.begin(), damages.end(),
                     [](const DamageAt& one, const DamageAt& other) { return one.position < other.position; });
  }
};

// How the bytes between two damages are cut into calls.
enum class Cut : std::uint8_t { kWhole, kInTwo, kByByte };

// `reader` has: bool data(std::string_view, std::size_t damages_before), false: no more is to come;
// std::size_t skip(std::size_t most), how many bytes it skipped; void gap(std::size_t bytes), 0: not told;
// void other(std::uint8_t choice).
template <typename Reader>
void play(const StreamPlan& plan, Cut cut, Reader& reader) {
  std::size_t at = 0;
  bool open = true;
  std::size_t damages_before = 0;
  const auto data_until = [&](std::size_t end) {
    while (open && at < end) {
      std::size_t size = end - at;
      if (cut == Cut::kByByte) size = 1;
      if (cut == Cut::kInTwo && at < plan.split) size = std::min(size, plan.split - at);
      open = reader.data(plan.stream.substr(at, size), damages_before);
      at += size;
    }
  };
  for (const DamageAt& damage : plan.damages) {
    if (damage.position > plan.stream.size()) break;
    data_until(damage.position);
    if (!open) return;
    ++damages_before;
    const std::size_t bytes = std::min(damage.bytes, plan.stream.size() - at);
    if (damage.kind == Damage::kOther) reader.other(damage.choice);
    if (bytes == 0) continue;
    if (damage.kind == Damage::kSkip) at += reader.skip(bytes);
    if (damage.kind == Damage::kGap) reader.gap(bytes);
    if (damage.kind == Damage::kUnsizedGap) reader.gap(0);
    if (damage.kind == Damage::kGap || damage.kind == Damage::kUnsizedGap) at += bytes;
  }
  data_until(plan.stream.size());
}

}  // namespace podwire::fuzz
