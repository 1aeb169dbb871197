#include "addon/main_thread_signal.h"

#include <stdexcept>
#include <utility>

namespace podwire::addon {

MainThreadSignal::MainThreadSignal(Napi::Env env, const char* name, std::function<void(Napi::Env)> handler)
    : shared_(std::make_shared<Shared>()) {
  shared_->handler = std::move(handler);
  // The function goes some time after it was closed: until then it holds on to what `run` needs.
  auto held = std::make_unique<std::shared_ptr<Shared>>(shared_);
  const auto let_go = [](napi_env, void* data, void*) {
    const std::unique_ptr<std::shared_ptr<Shared>> freed(static_cast<std::shared_ptr<Shared>*>(data));
  };
  constexpr std::size_t kUnlimitedQueue = 0;  // there is never more than one call in it
  constexpr std::size_t kInitialThreads = 1;
  const napi_status status =
      napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, name), kUnlimitedQueue,
                                      kInitialThreads, held.get(), let_go, held.get(), run, &function_);
  if (status != napi_ok) throw std::runtime_error("Node.js refused a function that other threads may call");
  static_cast<void>(held.release());
}

MainThreadSignal::~MainThreadSignal() { close(); }

void MainThreadSignal::notify() {
  if (shared_->notified.exchange(true)) return;
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void MainThreadSignal::close() {
  shared_->handler = nullptr;
  if (napi_threadsafe_function function = std::exchange(function_, nullptr)) {
    napi_release_threadsafe_function(function, napi_tsfn_abort);
  }
}

void MainThreadSignal::run(napi_env env, napi_value, void* context, void*) {
  const std::shared_ptr<Shared> shared = *static_cast<std::shared_ptr<Shared>*>(context);
  shared->notified.store(false);
  // Without an environment it is being torn down. The handler may close this, so a copy runs.
  const std::function<void(Napi::Env)> handler = shared->handler;
  if (env == nullptr || !handler) return;
  handler(env);
  report_pending_exception(env);
}

void report_pending_exception(Napi::Env env) {
  if (env.IsExceptionPending()) napi_fatal_exception(env, env.GetAndClearPendingException().Value());
}

}  // namespace podwire::addon
