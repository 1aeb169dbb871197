#include "addon/kernel_functions.h"

#include <cstring>

#include "addon/attach_mode.h"
#include "addon/guarded.h"
#include "addon/namespace_argument.h"
#include "kernel/background_scheduling.h"
#include "kernel/connection_tracking.h"
#include "kernel/kernel_capture.h"
#include "kernel/kernel_probe.h"
#include "kernel/system_probe_environment.h"

namespace podwire::addon {

namespace {

Napi::Array strings(Napi::Env env, const std::vector<std::string>& texts) {
  Napi::Array array = Napi::Array::New(env, texts.size());
  for (std::uint32_t index = 0; index < texts.size(); ++index) array.Set(index, Napi::String::New(env, texts[index]));
  return array;
}

}  // namespace

Napi::Value probe_kernel(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Argument attach = Argument(info[0], "environment").property("attach");
    kernel::SystemProbeEnvironment system;
    const kernel::KernelProbe probe = kernel::probe(system, attach.is_absent() ? "" : attach.text());
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("attachMode", probe.mode ? attach_mode_value(info.Env(), *probe.mode) : info.Env().Null());
    result.Set("kernelRelease", Napi::String::New(info.Env(), probe.release));
    result.Set("failures", strings(info.Env(), probe.failures));
    result.Set("limitations", strings(info.Env(), probe.limitations));
    return result;
  });
}

Napi::Value sweep_leftovers(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(info.Env(), static_cast<double>(kernel::sweep_leftovers()));
  });
}

Napi::Value probe_connection_tracking(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::String::New(info.Env(), kernel::connection_tracking_limitation());
  });
}

Napi::Value addresses(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::vector<tcp::Address> found = kernel::addresses(namespace_source({info[0], "source"}));
    Napi::Array result = Napi::Array::New(info.Env(), found.size());
    for (std::uint32_t index = 0; index < found.size(); ++index) {
      const auto octets = found[index].octets();
      auto bytes = Napi::Uint8Array::New(info.Env(), octets.size());
      std::memcpy(bytes.Data(), octets.data(), octets.size());
      result.Set(index, bytes);
    }
    return result;
  });
}

Napi::Value schedule_in_background(const Napi::CallbackInfo& info) {
  return guarded(info.Env(),
                 [&]() -> Napi::Value { return Napi::String::New(info.Env(), kernel::schedule_in_background()); });
}

}  // namespace podwire::addon
