#include "kernel/kernel_probe.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace podwire::kernel {
namespace {

constexpr std::string_view kTcxName = "tcx";
constexpr std::string_view kClsactName = "clsact";
// Memory of maps counts against RLIMIT_MEMLOCK until this release.
constexpr int kUnlimitedMajor = 5;
constexpr int kUnlimitedMinor = 11;
// The rings, and what one attachment needs beside them.
constexpr std::uint64_t kLockedBytesNeeded = 64U << 20U;

std::string reason(int error) { return std::generic_category().message(error); }

bool is_older(const std::string& release, int major, int minor) {
  int found_major = 0;
  int found_minor = 0;
  if (std::sscanf(release.c_str(), "%d.%d", &found_major, &found_minor) != 2) return false;
  return found_major < major || (found_major == major && found_minor < minor);
}

void check_capabilities(ProbeEnvironment& environment, KernelProbe& result) {
  const bool administrator = environment.has(Capability::kSysAdmin);
  if (!administrator && !environment.has(Capability::kBpf)) {
    result.failures.emplace_back(
        "BPF programs cannot be loaded without CAP_BPF (or CAP_SYS_ADMIN): run as root, or grant it");
  }
  if (!administrator && !environment.has(Capability::kNetAdmin)) {
    result.failures.emplace_back(
        "programs cannot be attached to interfaces without CAP_NET_ADMIN: run as root, or grant it");
  }
  if (!administrator) {
    result.limitations.emplace_back(
        "without CAP_SYS_ADMIN no other network namespace can be entered: only interfaces of this one can be tapped");
  }
}

// Trials in the order in which one needs the other; the first that fails explains the rest.
void try_kernel(ProbeEnvironment& environment, KernelProbe& result) {
  if (const int error = environment.try_ring_buffer(); error != 0) {
    result.failures.push_back(
        error == EINVAL ? "this kernel (" + result.release + ") has no BPF ring buffer: Linux 5.8 or newer is needed"
                        : "a BPF ring buffer cannot be created (" + reason(error) +
                              "): a container's seccomp profile or a security module may forbid bpf(2)");
    return;
  }
  if (const int error = environment.try_tc_program(); error != 0) {
    result.failures.push_back("a TC program cannot be loaded (" + reason(error) +
                              "): the kernel needs CONFIG_NET_CLS_BPF and CONFIG_BPF_SYSCALL");
    return;
  }
  std::string log;
  if (const int error = environment.try_capture_programs(log); error != 0) {
    result.failures.push_back("this kernel (" + result.release + ") does not accept Podwire's programs (" +
                              reason(error) + "): Linux 5.8 or newer is needed; please report what it said" +
                              (log.empty() ? "" : ":\n" + log));
  }
}

void check_memory(ProbeEnvironment& environment, KernelProbe& result) {
  if (!is_older(result.release, kUnlimitedMajor, kUnlimitedMinor)) return;
  const std::optional<std::uint64_t> limit = environment.locked_memory_limit();
  if (!limit || *limit >= kLockedBytesNeeded || environment.has(Capability::kSysResource)) return;
  result.failures.push_back(
      "only " + std::to_string(*limit >> 10U) +
      " KiB of memory may be locked, too little for BPF maps on a kernel before 5.11: raise it with "
      "`ulimit -l unlimited`, or grant CAP_SYS_RESOURCE");
}

std::optional<AttachMode> choose_mode(ProbeEnvironment& environment, std::string_view attach, KernelProbe& result) {
  if (!attach.empty() && attach != kTcxName && attach != kClsactName) {
    result.failures.push_back("PODWIRE_ATTACH is '" + std::string(attach) + "'; expected tcx or clsact, or nothing");
    return std::nullopt;
  }
  if (attach == kClsactName) return AttachMode::kClsact;
  if (!result.failures.empty()) return std::nullopt;  // without a program tcx cannot be tried
  const int error = environment.try_tcx();
  if (error == 0) return AttachMode::kTcx;
  if (attach == kTcxName) {
    result.failures.push_back("PODWIRE_ATTACH is 'tcx', which this kernel (" + result.release + ") has not (" +
                              reason(error) + "): Linux 6.6 or newer has; with clsact it works too");
    return std::nullopt;
  }
  result.limitations.push_back(
      "this kernel (" + result.release +
      ") has no tcx (Linux 6.6 and newer have): programs are attached by clsact, and those of a "
      "killed agent stay until the next one starts");
  return AttachMode::kClsact;
}

}  // namespace

KernelProbe probe(ProbeEnvironment& environment, std::string_view attach) {
  KernelProbe result;
  result.release = environment.release();
  check_capabilities(environment, result);
  check_memory(environment, result);
  if (result.failures.empty()) try_kernel(environment, result);
  const std::optional<AttachMode> mode = choose_mode(environment, attach, result);
  // A tcx link may also be made with CAP_SYS_ADMIN.
  if (mode == AttachMode::kClsact && result.failures.empty() && !environment.has(Capability::kNetAdmin)) {
    result.failures.emplace_back("clsact filters cannot be added without CAP_NET_ADMIN: run as root, or grant it");
  }
  if (!environment.has_btf()) {
    result.limitations.emplace_back(
        "the kernel has no BTF (/sys/kernel/btf/vmlinux): plain HTTP can be tapped; what needs it, such as TLS, "
        "cannot");
  }
  if (mode && !environment.has_loop_helper()) {
    result.limitations.push_back("this kernel (" + result.release +
                                 ") has no bpf_loop (Linux 5.17 and newer have): of large bodies more is copied, "
                                 "which slows what is tapped");
  }
  if (result.failures.empty()) result.mode = mode;
  return result;
}

}  // namespace podwire::kernel
