// What JavaScript may ask of the kernel without a capture. Each is a method of Addon in src/addon/addon.ts.
#pragma once

#include <napi.h>

namespace podwire::addon {

Napi::Value probe_kernel(const Napi::CallbackInfo& info);
Napi::Value probe_connection_tracking(const Napi::CallbackInfo& info);
Napi::Value sweep_leftovers(const Napi::CallbackInfo& info);
Napi::Value addresses(const Napi::CallbackInfo& info);
Napi::Value schedule_in_background(const Napi::CallbackInfo& info);

}  // namespace podwire::addon
