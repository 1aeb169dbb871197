// Something to be done before a Node.js environment goes: at exit, when a worker is terminated, and when the process
// ends without Node.js tearing anything down, as after an uncaught exception.
#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <list>

namespace podwire::addon {

enum class Going : std::uint8_t {
  kEnvironment,  // Node-API may still be called
  kProcess,      // it may not
};

class EnvironmentCleanup {
 public:
  using Hook = std::function<void(Going)>;

  // `hook` runs once on the environment's thread, unless this was destroyed before. It may destroy this.
  EnvironmentCleanup(Napi::Env env, Hook hook);
  ~EnvironmentCleanup();
  EnvironmentCleanup(const EnvironmentCleanup&) = delete;
  EnvironmentCleanup& operator=(const EnvironmentCleanup&) = delete;

 private:
  static void run_for_environment(void* self);
  static void run_for_process();
  void run(Going going);
  void leave();

  napi_env env_;
  Hook hook_;
  std::list<EnvironmentCleanup*>::iterator place_;
};

}  // namespace podwire::addon
