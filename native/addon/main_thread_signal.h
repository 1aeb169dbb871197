// Lets a thread have something done on the environment's own thread.
#pragma once

#include <napi.h>

#include <atomic>
#include <functional>
#include <memory>

namespace podwire::addon {

// Keeps the event loop alive until it is closed. Any number of `notify` before the handler runs make it run once.
class MainThreadSignal {
 public:
  // `handler` runs on the environment's thread; what it leaves pending becomes an uncaught exception. Throws
  // std::runtime_error when the environment is going.
  MainThreadSignal(Napi::Env env, const char* name, std::function<void(Napi::Env)> handler);
  ~MainThreadSignal();
  MainThreadSignal(const MainThreadSignal&) = delete;
  MainThreadSignal& operator=(const MainThreadSignal&) = delete;

  // Any thread; not after `close`.
  void notify();
  // The environment's thread, when no other thread will notify any more. The handler does not run after it.
  void close();

 private:
  struct Shared {
    std::function<void(Napi::Env)> handler;
    std::atomic<bool> notified{false};
  };
  static void run(napi_env env, napi_value, void* context, void*);

  std::shared_ptr<Shared> shared_;
  napi_threadsafe_function function_ = nullptr;
};

// The exception that is pending, if any, as if nobody had been there to catch it.
void report_pending_exception(Napi::Env env);

}  // namespace podwire::addon
