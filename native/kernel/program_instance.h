// One loaded copy of the BPF programs: a program cannot ask which interface runs it, so each has its own constants.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel/shared_maps.h"

struct bpf_object;

namespace podwire::kernel {

struct InstanceSettings {
  std::uint32_t attachment_id = 0;
  std::uint32_t link_header_bytes = 0;
  bool loopback = false;
};

// Program fds are this object's. What is attached lives on without it.
class ProgramInstance {
 public:
  // `counters_fd`: a map to share with other instances of the attachment, or -1 to make one. Throws KernelError.
  ProgramInstance(const SharedMaps& maps, const InstanceSettings& settings, int counters_fd);

  [[nodiscard]] int ingress_fd() const;  // of a loopback: the program for it
  [[nodiscard]] int egress_fd() const;   // -1 for a loopback, which shows every packet at its ingress
  [[nodiscard]] int counters_fd() const;

 private:
  struct Close {
    void operator()(bpf_object* object) const;
  };
  std::unique_ptr<bpf_object, Close> object_;
  const char* ingress_name_;
  const char* egress_name_;  // null: a loopback
};

}  // namespace podwire::kernel
