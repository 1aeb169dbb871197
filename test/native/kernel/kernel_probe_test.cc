#include "kernel/kernel_probe.h"

#include <gmock/gmock.h>

#include <set>

#include "kernel/system_probe_environment.h"

namespace podwire::kernel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A machine as the test describes it.
class DescribedMachine final : public ProbeEnvironment {
 public:
  std::string kernel_release = "6.18.0";
  std::set<Capability> capabilities = {Capability::kNetAdmin, Capability::kSysAdmin, Capability::kSysResource,
                                       Capability::kBpf};
  bool btf = true;
  bool loop_helper = true;
  std::optional<std::uint64_t> memory;
  int ring_buffer = 0;
  int tc_program = 0;
  int tcx = 0;
  int capture_programs = 0;

  std::string release() override { return kernel_release; }
  bool has(Capability capability) override { return capabilities.contains(capability); }
  bool has_btf() override { return btf; }
  bool has_loop_helper() override { return loop_helper; }
  std::optional<std::uint64_t> locked_memory_limit() override { return memory; }
  int try_ring_buffer() override { return ring_buffer; }
  int try_tc_program() override { return tc_program; }
  int try_tcx() override { return tcx; }
  int try_capture_programs(std::string& log) override {
    if (capture_programs != 0) log = "R1 type=scalar expected=fp";
    return capture_programs;
  }
};

TEST(KernelProbe, FindsNothingMissing) {
  DescribedMachine machine;
  const KernelProbe result = probe(machine, "");
  EXPECT_EQ(result.mode, AttachMode::kTcx);
  EXPECT_EQ(result.release, "6.18.0");
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_THAT(result.limitations, IsEmpty());
}

TEST(KernelProbe, SaysThatLargeBodiesCostMoreWithoutBpfLoop) {
  DescribedMachine machine;
  machine.loop_helper = false;
  const KernelProbe result = probe(machine, "");
  EXPECT_EQ(result.mode, AttachMode::kTcx);
  EXPECT_THAT(result.limitations, ElementsAre(HasSubstr("no bpf_loop (Linux 5.17")));
}

TEST(KernelProbe, FallsBackToClsact) {
  DescribedMachine machine;
  machine.kernel_release = "5.15.0-91-generic";
  machine.tcx = EINVAL;
  const KernelProbe result = probe(machine, "");
  EXPECT_EQ(result.mode, AttachMode::kClsact);
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_THAT(result.limitations, ElementsAre(HasSubstr("no tcx")));
}

TEST(KernelProbe, DoesAsPodwireAttachSays) {
  DescribedMachine machine;
  EXPECT_EQ(probe(machine, "clsact").mode, AttachMode::kClsact);
  EXPECT_EQ(probe(machine, "tcx").mode, AttachMode::kTcx);
  const KernelProbe unknown = probe(machine, "xdp");
  EXPECT_FALSE(unknown.mode);
  EXPECT_THAT(unknown.failures, ElementsAre("PODWIRE_ATTACH is 'xdp'; expected tcx or clsact, or nothing"));
  machine.tcx = EINVAL;
  const KernelProbe without = probe(machine, "tcx");
  EXPECT_FALSE(without.mode);
  EXPECT_THAT(without.failures, ElementsAre(HasSubstr("Linux 6.6 or newer")));
}

TEST(KernelProbe, NamesMissingCapabilities) {
  DescribedMachine machine;
  machine.capabilities = {};
  const KernelProbe result = probe(machine, "");
  EXPECT_FALSE(result.mode);
  EXPECT_THAT(result.failures, ElementsAre(HasSubstr("CAP_BPF"), HasSubstr("CAP_NET_ADMIN")));
  EXPECT_THAT(result.limitations, ElementsAre(HasSubstr("CAP_SYS_ADMIN")));

  machine.capabilities = {Capability::kBpf, Capability::kNetAdmin};
  EXPECT_EQ(probe(machine, "").mode, AttachMode::kTcx);
  machine.capabilities = {Capability::kSysAdmin};
  EXPECT_EQ(probe(machine, "").mode, AttachMode::kTcx);
  EXPECT_THAT(probe(machine, "clsact").failures, ElementsAre(HasSubstr("CAP_NET_ADMIN")));
  EXPECT_FALSE(probe(machine, "clsact").mode);
  machine.capabilities = {Capability::kSysAdmin, Capability::kNetAdmin};
  EXPECT_THAT(probe(machine, "").failures, IsEmpty());
}

TEST(KernelProbe, NamesAnOldKernel) {
  DescribedMachine machine;
  machine.kernel_release = "5.4.0-1";
  machine.ring_buffer = EINVAL;
  machine.tcx = EINVAL;
  const KernelProbe result = probe(machine, "");
  EXPECT_FALSE(result.mode);
  EXPECT_THAT(result.failures,
              ElementsAre("this kernel (5.4.0-1) has no BPF ring buffer: Linux 5.8 or newer is needed"));
}

TEST(KernelProbe, NamesWhatForbidsBpf) {
  DescribedMachine machine;
  machine.ring_buffer = EPERM;
  EXPECT_THAT(probe(machine, "").failures, ElementsAre(HasSubstr("seccomp")));
  machine.ring_buffer = 0;
  machine.tc_program = EINVAL;
  EXPECT_THAT(probe(machine, "").failures, ElementsAre(HasSubstr("CONFIG_NET_CLS_BPF")));
  machine.tc_program = 0;
  machine.capture_programs = EACCES;
  EXPECT_THAT(probe(machine, "").failures, ElementsAre(HasSubstr("R1 type=scalar expected=fp")));
}

TEST(KernelProbe, KnowsWhenMemoryIsLimited) {
  DescribedMachine machine;
  machine.capabilities.erase(Capability::kSysResource);
  machine.memory = 64 * 1024;
  EXPECT_THAT(probe(machine, "").failures, IsEmpty());  // from 5.11 on the limit does not count
  machine.kernel_release = "5.10.0-28-amd64";
  EXPECT_THAT(probe(machine, "").failures, ElementsAre(HasSubstr("only 64 KiB of memory may be locked")));
  machine.memory.reset();
  EXPECT_THAT(probe(machine, "").failures, IsEmpty());
}

TEST(KernelProbe, WorksWithoutBtf) {
  DescribedMachine machine;
  machine.btf = false;
  const KernelProbe result = probe(machine, "");
  EXPECT_EQ(result.mode, AttachMode::kTcx);
  EXPECT_THAT(result.limitations, ElementsAre(HasSubstr("no BTF")));
}

TEST(KernelProbe, AsksTheRealSystem) {
  SystemProbeEnvironment system;
  const KernelProbe result = probe(system, "clsact");
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_EQ(result.mode, AttachMode::kClsact);
  EXPECT_THAT(result.release, testing::ContainsRegex("^[0-9]+\\.[0-9]+"));
  EXPECT_TRUE(probe(system, "").mode);
}

}  // namespace
}  // namespace podwire::kernel
