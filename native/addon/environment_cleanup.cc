#include "addon/environment_cleanup.h"

#include <cstdlib>
#include <mutex>
#include <utility>

namespace podwire::addon {

namespace {

// All that still have something to do, of every environment of the process.
struct Waiting {
  std::mutex mutex;
  std::list<EnvironmentCleanup*> all;
};

Waiting& waiting() {
  static Waiting waiting;
  return waiting;
}

}  // namespace

EnvironmentCleanup::EnvironmentCleanup(Napi::Env env, Hook hook) : env_(env), hook_(std::move(hook)) {
  Waiting& others = waiting();
  // Registered after `others` was made, so that it runs before that goes.
  static const int registered = std::atexit(run_for_process);
  static_cast<void>(registered);
  napi_add_env_cleanup_hook(env_, run_for_environment, this);
  const std::lock_guard lock(others.mutex);
  place_ = others.all.insert(others.all.end(), this);
}

EnvironmentCleanup::~EnvironmentCleanup() {
  if (!hook_) return;
  napi_remove_env_cleanup_hook(env_, run_for_environment, this);
  leave();
}

void EnvironmentCleanup::run_for_environment(void* self) {
  auto* cleanup = static_cast<EnvironmentCleanup*>(self);
  cleanup->leave();
  cleanup->run(Going::kEnvironment);
}

void EnvironmentCleanup::run_for_process() {
  for (;;) {
    EnvironmentCleanup* next = nullptr;
    {
      const std::lock_guard lock(waiting().mutex);
      if (waiting().all.empty()) return;
      next = waiting().all.front();
      waiting().all.pop_front();
    }
    next->run(Going::kProcess);
  }
}

void EnvironmentCleanup::run(Going going) {
  const Hook hook = std::exchange(hook_, nullptr);
  hook(going);
}

void EnvironmentCleanup::leave() {
  const std::lock_guard lock(waiting().mutex);
  waiting().all.erase(place_);
}

}  // namespace podwire::addon
