// startCapture of src/addon/addon.ts.
#pragma once

#include <napi.h>

namespace podwire::addon {

Napi::Value start_capture(const Napi::CallbackInfo& info);

}  // namespace podwire::addon
