// Memory of JavaScript's in which batches are handed over, used again for each delivery. An ArrayBuffer a batch would
// have V8 look through its whole heap several times a second while much is tapped.
#pragma once

#include <napi.h>

#include <cstddef>
#include <string_view>

namespace podwire::addon {

// The environment's thread.
class DeliveryBuffer {
 public:
  // Whether batches of so many bytes together find room; others are better placed one after the other.
  [[nodiscard]] static bool hold(std::size_t bytes) { return bytes <= kBytes; }
  // A Uint8Array over a copy of `bytes`, which lasts until `clear`; of more than this holds, in memory of its own.
  [[nodiscard]] Napi::Value place(Napi::Env env, std::string_view bytes);
  void clear() { placed_bytes_ = 0; }

 private:
  // Some batches of the usual size.
  static constexpr std::size_t kBytes = 256 * 1024;
  [[nodiscard]] Napi::ArrayBuffer memory(Napi::Env env);

  Napi::ObjectReference memory_;
  std::size_t placed_bytes_ = 0;
};

}  // namespace podwire::addon
