#include "kernel/background_scheduling.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace podwire::kernel {

namespace {

// struct sched_attr of linux/sched/types.h, as of its first version: that header and the C library's contradict each
// other.
struct SchedulingAttributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime_ns;
  std::uint64_t deadline_ns;
  std::uint64_t period_ns;
};

// The longest that the kernel grants (kernel/sched/syscalls.c, __setparam_fair).
constexpr std::uint64_t kSliceNs = 100'000'000;
// A third of the weight of what has 0: with much less, taps of a saturated machine begin seconds later.
constexpr int kNice = 5;

// 0, or the error number. A thread that has ended meanwhile is none.
int schedule_thread(pid_t thread) {
  SchedulingAttributes attributes{};
  if (::syscall(SYS_sched_getattr, thread, &attributes, sizeof attributes, 0) != 0) return errno == ESRCH ? 0 : errno;
  if (attributes.policy != SCHED_OTHER && attributes.policy != SCHED_BATCH) return 0;
  attributes.size = sizeof attributes;
  attributes.policy = SCHED_BATCH;
  attributes.nice = std::max(attributes.nice, kNice);
  attributes.runtime_ns = kSliceNs;
  if (::syscall(SYS_sched_setattr, thread, &attributes, 0) != 0) return errno == ESRCH ? 0 : errno;
  return 0;
}

// Processes of different sessions are weighed by their autogroups, where the kernel has them.
void schedule_session() {
  if (::getsid(0) != ::getpid()) return;  // others are in it, too
  std::ifstream now("/proc/self/autogroup");
  std::string path;
  std::string word;
  int nice = 0;
  if (now >> path >> word >> nice && nice < kNice) std::ofstream("/proc/self/autogroup") << kNice;
}

}  // namespace

std::string schedule_in_background() {
  std::error_code error;
  int refused = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    const std::string name = task.path().filename();
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    refused = std::max(refused, schedule_thread(thread));
  }
  schedule_session();
  if (error) return "The threads of this process cannot be listed: " + error.message();
  if (refused != 0) return std::string("The kernel refuses another scheduling: ") + std::strerror(refused);
  return {};
}

}  // namespace podwire::kernel
