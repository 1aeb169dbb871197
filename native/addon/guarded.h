// The boundary that no C++ exception crosses.
#pragma once

#include <napi.h>

#include <exception>

#include "addon/argument.h"
#include "kernel/kernel_capture.h"

namespace podwire::addon {

// An `Error` with a `code` of NativeErrorCode (src/addon/addon.ts).
class CodedError : public std::runtime_error {
 public:
  CodedError(const char* code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  [[nodiscard]] const char* code() const { return code_; }

 private:
  const char* code_;
};

[[nodiscard]] const char* code_of(kernel::ErrorCode code);
[[nodiscard]] Napi::Error coded_error(Napi::Env env, const char* code, const std::string& sentence);
// Of the exception that is being handled. Not for PendingException.
[[nodiscard]] Napi::Error error_of_current_exception(Napi::Env env);

// Runs `body`; what it throws becomes a pending JavaScript exception, and undefined is returned.
template <typename Body>
Napi::Value guarded(Napi::Env env, Body&& body) {
  try {
    return body();
  } catch (const PendingException&) {
    return env.Undefined();
  } catch (...) {
    error_of_current_exception(env).ThrowAsJavaScriptException();
    return env.Undefined();
  }
}

}  // namespace podwire::addon
