// What is attached goes: with a detach, with its interface, with its namespace, with its process.
#include <bpf/bpf.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <thread>

#include "attach_mode.h"
#include "collected_segments.h"
#include "kernel/kernel_probe.h"
#include "kernel/system_probe_environment.h"

namespace podwire::test {
namespace {

using kernel::KernelCapture;

class LifetimeTest : public EachAttachMode {};
INSTANTIATE_TEST_SUITE_P(Modes, LifetimeTest, testing::Values(kernel::AttachMode::kTcx, kernel::AttachMode::kClsact),
                         mode_name);

struct KernelObjects {
  std::set<std::uint32_t> programs;
  std::set<std::uint32_t> maps;
};

// Maps and tcx links that a process holds: proc(5), /proc/pid/fdinfo.
KernelObjects objects_of(const std::string& process) {
  KernelObjects objects;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + process + "/fdinfo")) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::istringstream fields(line);
      std::string label;
      std::uint32_t id = 0;
      fields >> label >> id;
      if (label == "map_id:") objects.maps.insert(id);
      if (label == "prog_id:") objects.programs.insert(id);
    }
  }
  return objects;
}

// Programs of clsact filters, as tc shows them.
void add_filters(const NetworkNamespace& ns, const std::string& interface, KernelObjects& objects) {
  for (const std::string direction : {"ingress", "egress"}) {
    const std::string shown = ns.tc("filter show dev " + interface + " " + direction);
    const std::regex id(R"(podwire:\S+ .*\bid (\d+))");
    for (std::sregex_iterator match(shown.begin(), shown.end(), id), end; match != end; ++match) {
      objects.programs.insert(static_cast<std::uint32_t>(std::stoul((*match)[1])));
    }
  }
}

bool all_gone(const KernelObjects& objects) {
  const auto exists = [](int fd) {
    if (fd >= 0) ::close(fd);
    return fd >= 0;
  };
  for (const std::uint32_t id : objects.programs) {
    if (exists(bpf_prog_get_fd_by_id(id))) return false;
  }
  for (const std::uint32_t id : objects.maps) {
    if (exists(bpf_map_get_fd_by_id(id))) return false;
  }
  return true;
}

// Interrupts the thread that makes it all the time, as a profiler does.
class OftenInterrupted {
 public:
  OftenInterrupted()
      : thread_([interrupted = ::pthread_self()](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            ::pthread_kill(interrupted, SIGALRM);
            std::this_thread::sleep_for(std::chrono::microseconds(100));
          }
        }) {}

 private:
  class Handler {
   public:
    Handler() {
      struct sigaction nothing {};
      nothing.sa_handler = [](int) {};
      nothing.sa_flags = SA_RESTART;
      ::sigaction(SIGALRM, &nothing, &before_);
    }
    ~Handler() { ::sigaction(SIGALRM, &before_, nullptr); }
    Handler(const Handler&) = delete;
    Handler& operator=(const Handler&) = delete;

   private:
    struct sigaction before_ {};
  };

  Handler handler_;
  std::jthread thread_;
};

TEST_P(LifetimeTest, BeginsHoweverOftenItIsInterrupted) {
  NamespacePair pair;
  KernelCapture capture(options());
  const OftenInterrupted interrupted;
  kernel::SystemProbeEnvironment system;
  EXPECT_THAT(kernel::probe(system, "").failures, testing::IsEmpty());
  const std::uint32_t attachment = capture.attach(path_of(pair.server));
  EXPECT_TRUE(capture.state(attachment).alive);
  capture.detach(attachment);
}

TEST_P(LifetimeTest, LeavesNothingAfterTheLastDetach) {
  NamespacePair pair;
  KernelCapture capture(options());
  CollectedSegments segments;
  EXPECT_TRUE(objects_of("self").maps.empty());  // before the first attach there is nothing

  const std::uint32_t first = capture.attach(path_of(pair.server));
  const std::uint32_t second = capture.attach(path_of(pair.client));
  KernelObjects objects = objects_of("self");
  for (const NetworkNamespace* ns : {&pair.server, &pair.client}) {
    add_filters(*ns, "eth0", objects);
    add_filters(*ns, "lo", objects);
  }
  EXPECT_EQ(objects.programs.size(), 6U);  // ingress and egress of eth0, and lo, of both
  EXPECT_GE(objects.maps.size(), 8U);
  EXPECT_FALSE(all_gone(objects));
  capture.read(0, segments, std::chrono::milliseconds(1));

  capture.detach(first);
  EXPECT_TRUE(capture.state(second).alive);
  capture.detach(second);
  capture.read(0, segments, std::chrono::milliseconds(0));
  EXPECT_TRUE(objects_of("self").maps.empty());
  EXPECT_TRUE(eventually([&] { return all_gone(objects); }));
  for (const NetworkNamespace* ns : {&pair.server, &pair.client}) {
    EXPECT_EQ(ns->tc("qdisc show").find("clsact"), std::string::npos);
  }
}

TEST_P(LifetimeTest, KnowsWhenItsInterfacesAreGone) {
  NamespacePair pair;
  KernelCapture capture(options());
  const std::uint32_t id = capture.attach(path_of(pair.server));
  ASSERT_EQ(capture.state(id).interfaces.size(), 2U);
  pair.server.ip("link del eth0");
  const kernel::AttachmentState state = capture.state(id);
  EXPECT_TRUE(state.alive);
  ASSERT_EQ(state.interfaces.size(), 1U);
  EXPECT_EQ(state.interfaces[0].name, "lo");
  capture.detach(id);
}

TEST_P(LifetimeTest, ItsLoopbackMayFollow) {
  NamespacePair pair;
  KernelCapture capture(options());
  const std::uint32_t id = capture.attach(path_of(pair.server), kernel::Loopback::kFollows);
  EXPECT_EQ(capture.counters(id), kernel::Counters{});
  EXPECT_EQ(capture.state(id).interfaces.size(), 2U);
  EXPECT_TRUE(capture.changed().empty());
  // Where it is all there is, there is nothing to follow.
  NetworkNamespace lonely;
  const std::uint32_t alone = capture.attach(path_of(lonely), kernel::Loopback::kFollows);
  EXPECT_EQ(capture.changed(), std::vector{alone});
  EXPECT_EQ(capture.state(alone).interfaces.size(), 1U);
  capture.detach(alone);
  capture.detach(id);
  // While it still follows.
  capture.detach(capture.attach(path_of(pair.server), kernel::Loopback::kFollows));
}

TEST_P(LifetimeTest, KnowsWhenItsNamespaceIsGone) {
  KernelCapture capture(options());
  auto ns = std::make_unique<NetworkNamespace>();
  const std::uint32_t id = capture.attach(path_of(*ns));
  EXPECT_TRUE(capture.state(id).alive);
  ns.reset();
  // Nothing here keeps the namespace: the kernel takes it down.
  EXPECT_TRUE(eventually([&] { return !capture.state(id).alive; }));
  EXPECT_TRUE(capture.state(id).interfaces.empty());
  capture.detach(id);
}

// A child attaches, says so, and is killed.
class KilledChild {
 public:
  KilledChild(const kernel::KernelCaptureOptions& options, const kernel::NamespaceSource& source) {
    std::array<int, 2> ready{};
    if (::pipe2(ready.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    pid_ = ::fork();
    if (pid_ == 0) {
      try {
        KernelCapture capture(options);
        (void)capture.attach(source);
        [[maybe_unused]] const auto written = ::write(ready[1], "y", 1);
        while (true) ::pause();
      } catch (...) {
        ::_exit(1);
      }
    }
    ::close(ready[1]);
    char answer = 0;
    attached_ = ::read(ready[0], &answer, 1) == 1;
    ::close(ready[0]);
  }
  ~KilledChild() { kill(); }

  [[nodiscard]] bool attached() const { return attached_; }
  [[nodiscard]] std::string pid() const { return std::to_string(pid_); }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  bool attached_ = false;
};

TEST_P(LifetimeTest, IsGoneAfterAKillAndASweep) {
  NamespacePair pair;
  KilledChild child(options(), path_of(pair.server));
  ASSERT_TRUE(child.attached());
  KernelObjects objects = objects_of(child.pid());
  add_filters(pair.server, "eth0", objects);
  add_filters(pair.server, "lo", objects);
  ASSERT_EQ(objects.programs.size(), 3U);

  // What belongs to a living process stays.
  kernel::sweep_leftovers();
  EXPECT_FALSE(all_gone(objects));
  const bool clsact = GetParam() == kernel::AttachMode::kClsact;
  EXPECT_EQ(pair.server.tc("qdisc show").find("clsact") != std::string::npos, clsact);

  child.kill();
  if (clsact) {
    EXPECT_FALSE(all_gone(objects));
    EXPECT_GE(kernel::sweep_leftovers(), 3U);
    EXPECT_EQ(pair.server.tc("qdisc show").find("clsact"), std::string::npos);
  }
  EXPECT_TRUE(eventually([&] { return all_gone(objects); }));
}

}  // namespace
}  // namespace podwire::test
