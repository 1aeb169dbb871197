#include "kernel/loop_helper.h"

#include <bpf/libbpf.h>

#include "kernel/blocked_signals.h"

namespace podwire::kernel {

bool has_loop_helper() {
  static const bool has = [] {
    const BlockedSignals blocked;  // a program is loaded for it
    return libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, BPF_FUNC_loop, nullptr) == 1;
  }();
  return has;
}

}  // namespace podwire::kernel
