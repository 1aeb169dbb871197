// While it lives, its thread takes no signals. A program whose verification a signal interrupts is not loaded, and one
// that comes often, such as a profiler's, comes again with every further attempt.
#pragma once

#include <signal.h>

namespace podwire::kernel {

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
