#include "addon/batch_value.h"

#include <cstring>
#include <memory>
#include <string>

namespace podwire::addon {

namespace {

// Below this a copy is cheaper than a finalizer.
constexpr std::size_t kMinExternalBytes = 4096;

Napi::Value copied(Napi::Env env, const std::string& bytes) {
  auto array = Napi::Uint8Array::New(env, bytes.size());
  if (!bytes.empty()) std::memcpy(array.Data(), bytes.data(), bytes.size());
  return array;
}

}  // namespace

Napi::Value bytes_value(Napi::Env env, std::string&& bytes) {
  if (bytes.size() < kMinExternalBytes) return copied(env, bytes);
  auto owned = std::make_unique<std::string>(std::move(bytes));
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      env, owned->data(), owned->size(),
      [](napi_env, void*, void* hint) { std::unique_ptr<std::string> freed(static_cast<std::string*>(hint)); },
      owned.get(), &buffer);
  // A runtime with a memory cage allows no external memory.
  if (status != napi_ok) return copied(env, *owned);
  const std::size_t size = owned.release()->size();
  return Napi::Uint8Array::New(env, size, Napi::ArrayBuffer(env, buffer), 0);
}

Napi::Value batch_value(Napi::Env env, const capture::Batch& batch, Napi::Value bytes) {
  Napi::Object value = Napi::Object::New(env);
  value.Set("subject", Napi::String::New(env, batch.subject_key));
  value.Set("bytes", bytes);
  value.Set("exchanges", Napi::Number::New(env, batch.exchanges));
  return value;
}

}  // namespace podwire::addon
