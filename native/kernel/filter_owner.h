// A clsact filter outlives the process that added it. Its name says which process that was, so that another one can
// tell what a dead one left behind, without any file.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podwire::kernel {

// Distinguishes a process from every other since the machine was booted.
struct ProcessIdentity {
  ino_t pid_namespace = 0;  // of which `pid` is a number
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // since boot: proc(5), /proc/pid/stat, field 22

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

struct FilterName {
  ProcessIdentity owner;
  std::uint32_t attachment_id = 0;
  bool owns_qdisc = false;  // the qdisc was made by a Podwire agent, and goes with the last filter

  [[nodiscard]] std::string text() const;  // podwire:PIDNS:PID:START:ATTACHMENT, and :qdisc
  // Nothing when the filter is not Podwire's.
  [[nodiscard]] static std::optional<FilterName> parse(std::string_view text);
};

[[nodiscard]] ProcessIdentity own_identity();

// Whether the process is known to have ended. Of a process in another PID namespace nothing is known.
[[nodiscard]] bool has_ended(const ProcessIdentity& identity);

}  // namespace podwire::kernel
