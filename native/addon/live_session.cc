#include "addon/live_session.h"

#include <algorithm>
#include <utility>

#include "addon/batch_value.h"
#include "addon/guarded.h"
#include "capture/monotonic_clock.h"

namespace podwire::addon {

std::shared_ptr<LiveSession> LiveSession::start(Napi::Env env, const LiveSessionOptions& options) {
  auto session = std::make_shared<LiveSession>(env, options);
  session->self_ = session;
  return session;
}

LiveSession::LiveSession(Napi::Env env, const LiveSessionOptions& options)
    : on_batches_(Napi::Persistent(options.on_batches)),
      on_failure_(Napi::Persistent(options.on_failure)),
      signal_(env, "podwire capture", [this](Napi::Env on) { deliver(on); }),
      queue_(options.queue_batches, capture::BatchQueue::WhenFull::kRefuse, [this] { signal_.notify(); }) {
  const auto failed = [this](const std::string& sentence) {
    {
      const std::lock_guard lock(mutex_);
      failure_ = sentence;
    }
    signal_.notify();
  };
  const auto closed = [this] {
    closed_.store(true);
    signal_.notify();
  };
  capture_ = std::make_unique<capture::LiveCapture>(
      options.kernel, queue_, capture::LiveCaptureEvents{.failed = failed, .closed = closed}, options.redaction);
  cleanup_ = std::make_unique<EnvironmentCleanup>(env, [this](Going going) { abandon(going); });
}

capture::LiveCapture& LiveSession::capture() {
  if (close_asked_ || !capture_) throw CodedError("CLOSED", "The capture was closed.");
  return *capture_;
}

Napi::Value LiveSession::close(Napi::Env env) {
  const auto deferred = Napi::Promise::Deferred::New(env);
  if (!capture_) {
    deferred.Resolve(env.Undefined());
    return deferred.Promise();
  }
  closing_.push_back(deferred);
  if (!std::exchange(close_asked_, true)) capture_->close();
  return deferred.Promise();
}

void LiveSession::deliver(Napi::Env env) {
  const std::shared_ptr<LiveSession> held = self_;
  // Asked before the batches are taken: whoever says so has pushed its last one.
  const bool closed = closed_.load();
  deliver_batches(env);
  deliver_failure(env);
  if (closed) finish(env);
}

void LiveSession::deliver_batches(Napi::Env env) {
  const std::vector<capture::Batch> batches = queue_.take();
  std::span<const capture::Batch> left = batches;
  while (!left.empty()) {
    std::size_t bytes = 0;
    const auto first_of_next = std::ranges::find_if(
        left, [&](const capture::Batch& batch) { return !DeliveryBuffer::hold(bytes += batch.bytes.size()); });
    const auto together = std::max<std::size_t>(1, static_cast<std::size_t>(first_of_next - left.begin()));
    deliver_together(env, left.first(together));
    left = left.subspan(together);
  }
}

void LiveSession::deliver_together(Napi::Env env, std::span<const capture::Batch> batches) {
  const Napi::HandleScope scope(env);
  delivery_.clear();
  Napi::Array values = Napi::Array::New(env, batches.size());
  for (std::uint32_t index = 0; index < batches.size(); ++index) {
    const capture::Batch& batch = batches[index];
    values.Set(index, batch_value(env, batch, delivery_.place(env, batch.bytes)));
  }
  on_batches_.Call({values});
  report_pending_exception(env);
  tell_lag(batches);
}

// They are published by now.
void LiveSession::tell_lag(std::span<const capture::Batch> batches) {
  if (!capture_) return;
  const std::uint64_t now_monotime_ns = capture::monotime_ns();
  for (const capture::Batch& batch : batches) {
    if (batch.oldest_monotime_ns == 0) continue;
    capture_->totals().handed_over(now_monotime_ns - std::min(batch.oldest_monotime_ns, now_monotime_ns));
  }
}

void LiveSession::deliver_failure(Napi::Env env) {
  std::optional<std::string> failure;
  {
    const std::lock_guard lock(mutex_);
    failure.swap(failure_);
  }
  if (!failure) return;
  on_failure_.Call({coded_error(env, "KERNEL", *failure).Value()});
  report_pending_exception(env);
}

void LiveSession::finish(Napi::Env env) {
  capture_.reset();
  signal_.close();
  cleanup_.reset();
  for (const auto& deferred : std::exchange(closing_, {})) deferred.Resolve(env.Undefined());
  self_.reset();
}

// Nobody is there to take anything any more.
void LiveSession::abandon(Going going) {
  queue_.close();
  capture_.reset();
  // The references to JavaScript can no longer be let go of: this goes with the process, for which `self_` sees to it.
  if (going == Going::kProcess) return;
  signal_.close();
  const std::shared_ptr<LiveSession> held = std::move(self_);
}

}  // namespace podwire::addon
