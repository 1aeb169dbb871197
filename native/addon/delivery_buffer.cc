#include "addon/delivery_buffer.h"

#include <cstring>

namespace podwire::addon {

Napi::Value DeliveryBuffer::place(Napi::Env env, std::string_view bytes) {
  const bool fits = bytes.size() <= kBytes - placed_bytes_;
  Napi::ArrayBuffer buffer = fits ? memory(env) : Napi::ArrayBuffer::New(env, bytes.size());
  const std::size_t offset = fits ? placed_bytes_ : 0;
  if (!bytes.empty()) std::memcpy(static_cast<char*>(buffer.Data()) + offset, bytes.data(), bytes.size());
  if (fits) placed_bytes_ += bytes.size();
  return Napi::Uint8Array::New(env, bytes.size(), buffer, offset);
}

// Made when it is first needed, and again should JavaScript have taken its memory away.
Napi::ArrayBuffer DeliveryBuffer::memory(Napi::Env env) {
  if (!memory_.IsEmpty()) {
    auto known = memory_.Value().As<Napi::ArrayBuffer>();
    if (known.ByteLength() == kBytes) return known;
  }
  const Napi::ArrayBuffer made = Napi::ArrayBuffer::New(env, kBytes);
  memory_ = Napi::Persistent(made.As<Napi::Object>());
  return made;
}

}  // namespace podwire::addon
