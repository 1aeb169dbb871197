#include "addon/file_reading.h"

#include <utility>

#include "addon/batch_value.h"
#include "addon/guarded.h"

namespace podwire::addon {

Napi::Value FileReading::start(Napi::Env env, const FileReadingOptions& options) {
  auto reading = std::make_shared<FileReading>(env, options);
  const Napi::Value promise = reading->deferred_.Promise();
  if (!options.signal.IsEmpty()) {
    if (options.signal.Get("aborted").ToBoolean()) {
      reading->signal_.close();
      reading->deferred_.Reject(options.signal.Get("reason"));
      return promise;
    }
    reading->listen(env, options.signal);
  }
  reading->self_ = reading;
  reading->cleanup_ =
      std::make_unique<EnvironmentCleanup>(env, [raw = reading.get()](Going going) { raw->abandon(going); });
  reading->thread_ = std::thread(
      [raw = reading.get(), descriptor = options.descriptor, spec = options.spec] { raw->run(descriptor, spec); });
  return promise;
}

FileReading::FileReading(Napi::Env env, const FileReadingOptions& options)
    : deferred_(Napi::Promise::Deferred::New(env)),
      on_batch_(Napi::Persistent(options.on_batch)),
      signal_(env, "podwire file", [this](Napi::Env on) { deliver(on); }),
      queue_(kMaxPendingBatches, capture::BatchQueue::WhenFull::kWait, [this] { signal_.notify(); }) {}

void FileReading::listen(Napi::Env env, Napi::Object signal) {
  abort_signal_ = Napi::Persistent(signal);
  const std::weak_ptr<FileReading> weak = weak_from_this();
  on_abort_ = Napi::Persistent(Napi::Function::New(env, [weak](const Napi::CallbackInfo&) {
    if (const std::shared_ptr<FileReading> reading = weak.lock()) reading->stop();
  }));
  signal.Get("addEventListener")
      .As<Napi::Function>()
      .Call(signal, {Napi::String::New(env, "abort"), on_abort_.Value()});
}

// The reading's own thread.
void FileReading::run(int descriptor, const std::string& spec) {
  try {
    result_ = capture::read_capture_file(descriptor, spec, queue_, stop_);
  } catch (...) {
    failure_ = std::current_exception();
  }
  done_.store(true);
  signal_.notify();
}

void FileReading::deliver(Napi::Env env) {
  const std::shared_ptr<FileReading> held = self_;
  // Asked before the batches are taken: all of them were pushed before it was said.
  const bool done = done_.load();
  deliver_batch(env);
  if (done && !waiting_ && pending_.empty()) finish(env);
}

void FileReading::deliver_batch(Napi::Env env) {
  if (stop_.raised()) pending_.clear();
  if (waiting_ || stop_.raised()) return;
  if (pending_.empty()) std::ranges::move(queue_.take(), std::back_inserter(pending_));
  if (pending_.empty()) return;
  std::string bytes = std::move(pending_.front().bytes);
  pending_.pop_front();
  const Napi::Value handled = on_batch_.Call({bytes_value(env, std::move(bytes))});
  if (env.IsExceptionPending()) {
    rejection_ = env.GetAndClearPendingException();
    stop();
    return deliver_batch(env);
  }
  waiting_ = true;
  if (handled.IsPromise()) return wait_for(env, handled.As<Napi::Promise>());
  wait_for_turn(env);
}

// `onBatch` is not called again before.
void FileReading::wait_for(Napi::Env env, Napi::Promise handled) {
  const std::weak_ptr<FileReading> weak = weak_from_this();
  const auto fulfilled = Napi::Function::New(env, [weak](const Napi::CallbackInfo& info) {
    if (const std::shared_ptr<FileReading> reading = weak.lock()) reading->wait_for_turn(info.Env());
  });
  const auto rejected = Napi::Function::New(env, [weak](const Napi::CallbackInfo& info) {
    const std::shared_ptr<FileReading> reading = weak.lock();
    if (!reading) return;
    reading->waiting_ = false;
    reading->rejection_ = Napi::Error(info.Env(), info[0]);
    reading->stop();
    reading->deliver(info.Env());
  });
  handled.Get("then").As<Napi::Function>().Call(handled, {fulfilled, rejected});
}

// A file that is read as fast as its batches are handled would keep the event loop from everything else: signals,
// timers, and letting go of what was handled.
void FileReading::wait_for_turn(Napi::Env env) {
  const std::weak_ptr<FileReading> weak = weak_from_this();
  const auto next = Napi::Function::New(env, [weak](const Napi::CallbackInfo& info) {
    const std::shared_ptr<FileReading> reading = weak.lock();
    if (!reading) return;
    reading->waiting_ = false;
    reading->deliver(info.Env());
  });
  env.Global().Get("setImmediate").As<Napi::Function>().Call({next});
}

// The thread sees it wherever it is: reading, or waiting for room.
void FileReading::stop() {
  stop_.raise();
  queue_.close();
}

void FileReading::finish(Napi::Env env) {
  thread_.join();
  signal_.close();
  cleanup_.reset();
  if (!abort_signal_.IsEmpty()) {
    const Napi::Object signal = abort_signal_.Value();
    signal.Get("removeEventListener")
        .As<Napi::Function>()
        .Call(signal, {Napi::String::New(env, "abort"), on_abort_.Value()});
  }
  settle(env);
  self_.reset();
}

void FileReading::settle(Napi::Env env) {
  if (rejection_) return deferred_.Reject(rejection_->Value());
  if (failure_) {
    try {
      std::rethrow_exception(failure_);
    } catch (...) {
      return deferred_.Reject(error_of_current_exception(env).Value());
    }
  }
  if (stop_.raised()) return deferred_.Reject(abort_signal_.Value().Get("reason"));
  Napi::Object result = Napi::Object::New(env);
  result.Set("packets", Napi::Number::New(env, static_cast<double>(result_.packets)));
  result.Set("problem", result_.problem ? Napi::String::New(env, *result_.problem) : env.Null());
  deferred_.Resolve(result);
}

// Nobody is there to take anything any more.
void FileReading::abandon(Going going) {
  stop();
  thread_.join();
  // The references to JavaScript can no longer be let go of: this goes with the process, for which `self_` sees to it.
  if (going == Going::kProcess) return;
  signal_.close();
  const std::shared_ptr<FileReading> held = std::move(self_);
}

}  // namespace podwire::addon
