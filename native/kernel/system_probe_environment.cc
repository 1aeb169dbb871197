#include "kernel/system_probe_environment.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <fstream>
#include <iterator>

#include "kernel/file_descriptor.h"
#include "kernel/libbpf_log.h"
#include "kernel/loop_helper.h"
#include "kernel/program_instance.h"
#include "kernel/shared_maps.h"
#include "kernel/tcx_attachment.h"

namespace podwire::kernel {
namespace {

constexpr std::uint32_t kTrialRingBytes = 1U << 20U;

// `r0 = -1; exit`: TC_ACT_UNSPEC.
FileDescriptor load_trivial_program() {
  const LibbpfLog log;
  bpf_insn instructions[2] = {};
  instructions[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  instructions[0].dst_reg = BPF_REG_0;
  instructions[0].imm = -1;
  instructions[1].code = BPF_JMP | BPF_EXIT;
  return FileDescriptor(bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "podwire_probe", "Apache-2.0", instructions,
                                      std::size(instructions), nullptr));
}

}  // namespace

std::string SystemProbeEnvironment::release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "unknown";
}

bool SystemProbeEnvironment::has(Capability capability) {
  constexpr std::string_view kLabel = "CapEff:";
  std::ifstream status("/proc/thread-self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kLabel)) continue;
    constexpr int kHexadecimal = 16;
    const auto bits = std::stoull(line.substr(kLabel.size()), nullptr, kHexadecimal);
    return (bits >> static_cast<unsigned>(capability) & 1U) != 0;
  }
  return false;
}

bool SystemProbeEnvironment::has_btf() { return ::access("/sys/kernel/btf/vmlinux", R_OK) == 0; }

bool SystemProbeEnvironment::has_loop_helper() { return kernel::has_loop_helper(); }

std::optional<std::uint64_t> SystemProbeEnvironment::locked_memory_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return std::nullopt;
  // Anybody may raise the soft limit up to the hard one.
  if (limit.rlim_cur != limit.rlim_max) {
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    if (::setrlimit(RLIMIT_MEMLOCK, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

int SystemProbeEnvironment::try_ring_buffer() {
  const FileDescriptor ring(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "podwire_probe", 0, 0, kTrialRingBytes, nullptr));
  return ring.valid() ? 0 : errno;
}

int SystemProbeEnvironment::try_tc_program() { return load_trivial_program().valid() ? 0 : errno; }

// On an interface that cannot be: a kernel that knows tcx misses the interface, an older one the attach type.
int SystemProbeEnvironment::try_tcx() {
  const FileDescriptor program = load_trivial_program();
  if (!program.valid()) return errno;
  const int result = create_tcx_link(program.get(), INT_MAX, kTcxIngress);
  if (result >= 0) {
    ::close(result);
    return 0;
  }
  return result == -ENODEV ? 0 : -result;
}

int SystemProbeEnvironment::try_capture_programs(std::string& log) {
  try {
    const SharedMaps maps({.ring_bytes = kTrialRingBytes});
    const ProgramInstance ethernet(maps, {0, 0, false}, -1);
    return 0;
  } catch (const KernelError& error) {
    log = error.what();
    return error.code() == ErrorCode::kPermission ? EPERM : EINVAL;
  }
}

}  // namespace podwire::kernel
