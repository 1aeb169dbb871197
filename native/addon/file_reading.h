// One reading of a capture file, on a thread of its own.
#pragma once

#include <napi.h>

#include <atomic>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "addon/environment_cleanup.h"
#include "addon/main_thread_signal.h"
#include "capture/batch_queue.h"
#include "capture/file/stop_signal.h"
#include "capture/file_capture.h"

namespace podwire::addon {

// Batches that wait for `onBatch`; the file is read no further while there are so many.
inline constexpr std::size_t kMaxPendingBatches = 16;

struct FileReadingOptions {
  int descriptor = -1;
  std::string spec;
  Napi::Function on_batch;
  Napi::Object signal;  // an AbortSignal, or empty
};

// Lives until its promise is settled. Methods on the environment's thread.
class FileReading : public std::enable_shared_from_this<FileReading> {
 public:
  // The promise of readCapture.
  [[nodiscard]] static Napi::Value start(Napi::Env env, const FileReadingOptions& options);
  FileReading(Napi::Env env, const FileReadingOptions& options);

 private:
  void listen(Napi::Env env, Napi::Object signal);
  void run(int descriptor, const std::string& spec);
  void deliver(Napi::Env env);
  // One a turn of the event loop.
  void deliver_batch(Napi::Env env);
  void wait_for(Napi::Env env, Napi::Promise handled);
  void wait_for_turn(Napi::Env env);
  void stop();
  void finish(Napi::Env env);
  void settle(Napi::Env env);
  void abandon(Going going);

  Napi::Promise::Deferred deferred_;
  Napi::FunctionReference on_batch_;
  Napi::ObjectReference abort_signal_;  // empty without one
  Napi::FunctionReference on_abort_;
  std::optional<Napi::Error> rejection_;  // what `onBatch` threw
  std::deque<capture::Batch> pending_;
  bool waiting_ = false;  // for the promise that `onBatch` returned, or the next turn
  std::shared_ptr<FileReading> self_;
  MainThreadSignal signal_;
  capture::BatchQueue queue_;
  capture::StopSignal stop_;
  // Written by the thread before `done_`.
  capture::FileCaptureResult result_;
  std::exception_ptr failure_;
  std::atomic<bool> done_{false};
  std::thread thread_;
  std::unique_ptr<EnvironmentCleanup> cleanup_;
};

}  // namespace podwire::addon
