// A batch as JavaScript sees it. Main thread.
#pragma once

#include <napi.h>

#include "capture/batch.h"

namespace podwire::addon {

// A Uint8Array over the bytes; large ones are not copied.
[[nodiscard]] Napi::Value bytes_value(Napi::Env env, std::string&& bytes);
// {subject, bytes, exchanges}; `bytes` are what JavaScript sees of the batch's own.
[[nodiscard]] Napi::Value batch_value(Napi::Env env, const capture::Batch& batch, Napi::Value bytes);

}  // namespace podwire::addon
