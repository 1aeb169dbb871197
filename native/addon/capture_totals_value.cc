#include "addon/capture_totals_value.h"

#include <span>

namespace podwire::addon {

namespace {

constexpr double kNanosPerSecond = 1e9;

Napi::Number number(Napi::Env env, std::uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

Napi::Array numbers(Napi::Env env, std::span<const std::uint64_t> values) {
  Napi::Array array = Napi::Array::New(env, values.size());
  for (std::uint32_t index = 0; index < values.size(); ++index) array.Set(index, number(env, values[index]));
  return array;
}

Napi::Object lag_value(Napi::Env env, const capture::LagHistogram& lag) {
  Napi::Array bounds = Napi::Array::New(env, capture::kLagBoundsNs.size());
  for (std::uint32_t index = 0; index < capture::kLagBoundsNs.size(); ++index) {
    bounds.Set(index, Napi::Number::New(env, static_cast<double>(capture::kLagBoundsNs[index]) / kNanosPerSecond));
  }
  Napi::Object value = Napi::Object::New(env);
  value.Set("boundsSeconds", bounds);
  value.Set("counts", numbers(env, lag.batches));
  value.Set("sumSeconds", Napi::Number::New(env, static_cast<double>(lag.sum_ns) / kNanosPerSecond));
  return value;
}

}  // namespace

Napi::Value capture_totals_value(Napi::Env env, const capture::CaptureTotalsSnapshot& totals) {
  Napi::Object value = Napi::Object::New(env);
  value.Set("seen", number(env, totals.seen));
  value.Set("published", number(env, totals.published));
  value.Set("filtered", number(env, totals.filtered));
  value.Set("unjudged", number(env, totals.unjudged));
  value.Set("skipped", number(env, totals.skipped));
  value.Set("losses", numbers(env, totals.losses));
  value.Set("copiedBytes", number(env, totals.copied_bytes));
  value.Set("flows", number(env, totals.flows));
  value.Set("lag", lag_value(env, totals.lag));
  return value;
}

Napi::Value ring_fills_value(Napi::Env env, const std::vector<kernel::RingFill>& fills) {
  Napi::Array values = Napi::Array::New(env, fills.size());
  for (std::uint32_t index = 0; index < fills.size(); ++index) {
    Napi::Object fill = Napi::Object::New(env);
    fill.Set("usedBytes", number(env, fills[index].used_bytes));
    fill.Set("sizeBytes", number(env, fills[index].size_bytes));
    values.Set(index, fill);
  }
  return values;
}

}  // namespace podwire::addon
