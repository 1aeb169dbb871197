#include "addon/guarded.h"

#include "capture/invalid_spec.h"

namespace podwire::addon {

const char* code_of(kernel::ErrorCode code) {
  switch (code) {
    case kernel::ErrorCode::kNoSuchNamespace:
      return "NO_SUCH_NAMESPACE";
    case kernel::ErrorCode::kNoSuchInterface:
      return "NO_SUCH_INTERFACE";
    case kernel::ErrorCode::kNoInterfaces:
      return "NO_INTERFACES";
    case kernel::ErrorCode::kPermission:
      return "PERMISSION";
    case kernel::ErrorCode::kNoSuchAttachment:
      return "NO_SUCH_ATTACHMENT";
    case kernel::ErrorCode::kKernel:
      break;
  }
  return "KERNEL";
}

Napi::Error coded_error(Napi::Env env, const char* code, const std::string& sentence) {
  Napi::Error error = Napi::Error::New(env, sentence);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

Napi::Error error_of_current_exception(Napi::Env env) {
  try {
    throw;
  } catch (const ArgumentError& error) {
    return Napi::TypeError::New(env, error.what());
  } catch (const CodedError& error) {
    return coded_error(env, error.code(), error.what());
  } catch (const capture::InvalidSpec& error) {
    return coded_error(env, "INVALID_SPEC", error.what());
  } catch (const kernel::KernelError& error) {
    return coded_error(env, code_of(error.code()), error.what());
  } catch (const std::exception& error) {
    return Napi::Error::New(env, error.what());
  }
}

}  // namespace podwire::addon
