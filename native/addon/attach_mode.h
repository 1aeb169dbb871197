// AttachMode of src/addon/addon.ts.
#pragma once

#include "addon/argument.h"
#include "kernel/kernel_capture.h"

namespace podwire::addon {

inline kernel::AttachMode attach_mode(const Argument& argument) {
  return argument.one_of({"tcx", "clsact"}) == 0 ? kernel::AttachMode::kTcx : kernel::AttachMode::kClsact;
}

inline Napi::Value attach_mode_value(Napi::Env env, kernel::AttachMode mode) {
  return Napi::String::New(env, mode == kernel::AttachMode::kTcx ? "tcx" : "clsact");
}

}  // namespace podwire::addon
