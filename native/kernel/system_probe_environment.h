// The probe's view of the machine it runs on.
#pragma once

#include "kernel/kernel_probe.h"

namespace podwire::kernel {

class SystemProbeEnvironment final : public ProbeEnvironment {
 public:
  [[nodiscard]] std::string release() override;
  [[nodiscard]] bool has(Capability capability) override;
  [[nodiscard]] bool has_btf() override;
  [[nodiscard]] bool has_loop_helper() override;
  [[nodiscard]] std::optional<std::uint64_t> locked_memory_limit() override;
  [[nodiscard]] int try_ring_buffer() override;
  [[nodiscard]] int try_tc_program() override;
  [[nodiscard]] int try_tcx() override;
  [[nodiscard]] int try_capture_programs(std::string& log) override;
};

}  // namespace podwire::kernel
