// Registers what JavaScript sees: Addon of src/addon/addon.ts.
#include <napi.h>

#include "addon/kernel_functions.h"
#include "addon/read_capture.h"
#include "addon/start_capture.h"

namespace podwire::addon {

namespace {

Napi::Value version(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), PODWIRE_VERSION); }

Napi::Object register_all(Napi::Env env, Napi::Object exports) {
  exports.Set("probeKernel", Napi::Function::New(env, probe_kernel, "probeKernel"));
  exports.Set("probeConnectionTracking",
              Napi::Function::New(env, probe_connection_tracking, "probeConnectionTracking"));
  exports.Set("sweepLeftovers", Napi::Function::New(env, sweep_leftovers, "sweepLeftovers"));
  exports.Set("addresses", Napi::Function::New(env, addresses, "addresses"));
  exports.Set("scheduleInBackground", Napi::Function::New(env, schedule_in_background, "scheduleInBackground"));
  exports.Set("startCapture", Napi::Function::New(env, start_capture, "startCapture"));
  exports.Set("readCapture", Napi::Function::New(env, read_capture, "readCapture"));
  exports.Set("version", Napi::Function::New(env, version, "version"));
  return exports;
}

}  // namespace

NODE_API_MODULE(podwire, register_all)

}  // namespace podwire::addon
