#include "addon/read_capture.h"

#include <limits>

#include "addon/argument.h"
#include "addon/file_reading.h"
#include "addon/guarded.h"

namespace podwire::addon {

namespace {

constexpr std::uint32_t kMaxDescriptor = std::numeric_limits<int>::max();

// Empty when absent.
Napi::Object abort_signal(const Argument& signal) {
  if (signal.is_absent()) return {};
  for (const char* method : {"addEventListener", "removeEventListener"}) {
    if (!signal.property(method).is_function()) signal.fail("an AbortSignal");
  }
  return signal.object();
}

}  // namespace

Napi::Value read_capture(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Argument options(info[1], "options");
    return FileReading::start(info.Env(),
                              {.descriptor = static_cast<int>(Argument(info[0], "fd").integer(0, kMaxDescriptor)),
                               .spec = options.property("spec").bytes(),
                               .on_batch = options.property("onBatch").function(),
                               .signal = abort_signal(options.property("signal"))});
  });
}

}  // namespace podwire::addon
