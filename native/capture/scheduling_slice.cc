#include "capture/scheduling_slice.h"

#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace podwire::capture {

namespace {

// The kernel's own least.
constexpr std::uint64_t kSliceNs = 100'000;
constexpr pid_t kCallingThread = 0;
constexpr unsigned kNoFlags = 0;

}  // namespace

void ask_for_short_slices() {
  sched_attr attributes{};
  if (::syscall(SYS_sched_getattr, kCallingThread, &attributes, sizeof(attributes), kNoFlags) != 0) return;
  // With others the field means something else.
  if (attributes.sched_policy != SCHED_NORMAL) return;
  attributes.sched_runtime = kSliceNs;
  static_cast<void>(::syscall(SYS_sched_setattr, kCallingThread, &attributes, kNoFlags));
}

}  // namespace podwire::capture
