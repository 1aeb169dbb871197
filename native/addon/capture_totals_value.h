// What a capture counts as JavaScript sees it: CaptureTotals and RingFill of src/addon/addon.ts. Main thread.
#pragma once

#include <napi.h>

#include <vector>

#include "capture/capture_totals.h"
#include "kernel/kernel_capture.h"

namespace podwire::addon {

[[nodiscard]] Napi::Value capture_totals_value(Napi::Env env, const capture::CaptureTotalsSnapshot& totals);
[[nodiscard]] Napi::Value ring_fills_value(Napi::Env env, const std::vector<kernel::RingFill>& fills);

}  // namespace podwire::addon
