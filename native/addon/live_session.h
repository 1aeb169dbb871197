// A live capture and the JavaScript that started it: Capture of src/addon/addon.ts.
#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "addon/delivery_buffer.h"
#include "addon/environment_cleanup.h"
#include "addon/main_thread_signal.h"
#include "capture/batch_queue.h"
#include "capture/live_capture.h"

namespace podwire::addon {

struct LiveSessionOptions {
  kernel::KernelCaptureOptions kernel;
  std::shared_ptr<const tap::RedactionRules> redaction;  // null: nothing beyond what every tap has
  std::size_t queue_batches = 0;
  Napi::Function on_batches;
  Napi::Function on_failure;
};

// Lives until it is closed, whoever still holds it. Methods on the environment's thread; they throw what
// capture::LiveCapture throws, and CodedError once it is closed.
class LiveSession : public std::enable_shared_from_this<LiveSession> {
 public:
  [[nodiscard]] static std::shared_ptr<LiveSession> start(Napi::Env env, const LiveSessionOptions& options);
  LiveSession(Napi::Env env, const LiveSessionOptions& options);

  // Throws CodedError with CLOSED.
  [[nodiscard]] capture::LiveCapture& capture();
  // Any number of times.
  [[nodiscard]] Napi::Value close(Napi::Env env);

 private:
  void deliver(Napi::Env env);
  void deliver_batches(Napi::Env env);
  void deliver_together(Napi::Env env, std::span<const capture::Batch> batches);
  void tell_lag(std::span<const capture::Batch> batches);
  void deliver_failure(Napi::Env env);
  void finish(Napi::Env env);
  void abandon(Going going);

  Napi::FunctionReference on_batches_;
  Napi::FunctionReference on_failure_;
  DeliveryBuffer delivery_;
  std::mutex mutex_;
  std::optional<std::string> failure_;  // under mutex_
  std::atomic<bool> closed_{false};     // by the capture: nothing more comes
  std::vector<Napi::Promise::Deferred> closing_;
  bool close_asked_ = false;
  std::shared_ptr<LiveSession> self_;  // until finished
  MainThreadSignal signal_;
  capture::BatchQueue queue_;
  std::unique_ptr<capture::LiveCapture> capture_;  // its threads use all of the above
  std::unique_ptr<EnvironmentCleanup> cleanup_;
};

}  // namespace podwire::addon
