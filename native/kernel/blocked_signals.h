// Signals that a thread is not to take: its process has another one for them, or they would interrupt what it does.
#pragma once

#include <signal.h>

namespace podwire::kernel {

// Of the thread that makes it, while it lives; then as before.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace podwire::kernel
