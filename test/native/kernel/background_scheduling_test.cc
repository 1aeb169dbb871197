#include "kernel/background_scheduling.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

namespace podwire::kernel {
namespace {

// sched_setattr(2): what the kernel says of the calling thread.
struct Scheduling {
  std::uint32_t size = 0;
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

Scheduling scheduling_of(pid_t thread) {
  Scheduling scheduling;
  if (::syscall(SYS_sched_getattr, thread, &scheduling, sizeof scheduling, 0) != 0) std::abort();
  return scheduling;
}

// What it does to a process is for good: each test is the last thing that a child does. It ends with 0 when all holds.
void expect_in_child(void (*holds)()) {
  EXPECT_EXIT(
      {
        holds();
        std::_Exit(testing::Test::HasFailure() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
}

void expect_background(const Scheduling& before, const Scheduling& now) {
  EXPECT_EQ(now.policy, std::uint32_t{SCHED_BATCH});
  EXPECT_GT(now.nice, before.nice);
  // Kernels before 6.12 have no slices of a thread's own, and say 0.
  if (now.runtime_ns != 0) EXPECT_GT(now.runtime_ns, before.runtime_ns);
}

TEST(BackgroundScheduling, IsOfThreadsThatRunAndOfThoseThatTheyStart) {
  expect_in_child([] {
    const Scheduling before = scheduling_of(0);
    int ready[2];
    int ask[2];
    ASSERT_EQ(::pipe(ready), 0);
    ASSERT_EQ(::pipe(ask), 0);
    Scheduling of_other;
    std::thread other([&] {
      char byte = 'r';
      EXPECT_EQ(::write(ready[1], &byte, 1), 1);
      EXPECT_EQ(::read(ask[0], &byte, 1), 1);
      of_other = scheduling_of(0);
    });
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(schedule_in_background(), "");
    expect_background(before, scheduling_of(0));
    EXPECT_EQ(::write(ask[1], &byte, 1), 1);
    other.join();
    expect_background(before, of_other);
    Scheduling of_later;
    std::thread([&] { of_later = scheduling_of(0); }).join();
    expect_background(before, of_later);
  });
}

TEST(BackgroundScheduling, LeavesAGreaterNiceValueAndAnotherPolicy) {
  expect_in_child([] {
    ASSERT_EQ(::setpriority(PRIO_PROCESS, 0, 15), 0);
    EXPECT_EQ(schedule_in_background(), "");
    EXPECT_EQ(scheduling_of(0).nice, 15);
    const sched_param none{};
    ASSERT_EQ(::sched_setscheduler(0, SCHED_IDLE, &none), 0);
    EXPECT_EQ(schedule_in_background(), "");
    EXPECT_EQ(scheduling_of(0).policy, std::uint32_t{SCHED_IDLE});
  });
}

int nice_of_session() {
  std::ifstream file("/proc/self/autogroup");
  std::string path;
  std::string word;
  int nice = 0;
  file >> path >> word >> nice;
  return nice;
}

TEST(BackgroundScheduling, IsOfASessionOnlyWhereNobodyElseIsInIt) {
  if (!std::ifstream("/proc/self/autogroup")) GTEST_SKIP() << "this kernel has no autogroups";
  expect_in_child([] {
    const int of_all = nice_of_session();
    EXPECT_EQ(schedule_in_background(), "");
    EXPECT_EQ(nice_of_session(), of_all);
  });
  expect_in_child([] {
    ASSERT_GT(::setsid(), 0);
    EXPECT_EQ(nice_of_session(), 0);
    EXPECT_EQ(schedule_in_background(), "");
    EXPECT_GT(nice_of_session(), 0);
  });
}

}  // namespace
}  // namespace podwire::kernel
