// What this kernel lets this process do: decided before anything is attached, and said in plain sentences.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/kernel_capture.h"

namespace podwire::kernel {

struct KernelProbe {
  std::optional<AttachMode> mode;        // nothing while there is a failure
  std::string release;                   // as uname -r
  std::vector<std::string> failures;     // nothing can be tapped; each says how to mend it
  std::vector<std::string> limitations;  // it works, with less than it could
};

// Numbers of <linux/capability.h>.
enum class Capability : std::uint8_t { kNetAdmin = 12, kSysAdmin = 21, kSysResource = 24, kBpf = 39 };

// Everything that the probe asks of the system. Trials return 0 or an errno value and leave nothing behind.
class ProbeEnvironment {
 public:
  virtual ~ProbeEnvironment() = default;
  [[nodiscard]] virtual std::string release() = 0;
  [[nodiscard]] virtual bool has(Capability capability) = 0;
  [[nodiscard]] virtual bool has_btf() = 0;
  [[nodiscard]] virtual bool has_loop_helper() = 0;
  // RLIMIT_MEMLOCK in bytes, as far as this process may raise it; nothing when there is no limit.
  [[nodiscard]] virtual std::optional<std::uint64_t> locked_memory_limit() = 0;
  [[nodiscard]] virtual int try_ring_buffer() = 0;
  [[nodiscard]] virtual int try_tc_program() = 0;
  [[nodiscard]] virtual int try_tcx() = 0;
  [[nodiscard]] virtual int try_capture_programs(std::string& log) = 0;
};

// `attach`: the value of PODWIRE_ATTACH, or empty.
[[nodiscard]] KernelProbe probe(ProbeEnvironment& environment, std::string_view attach);

}  // namespace podwire::kernel
