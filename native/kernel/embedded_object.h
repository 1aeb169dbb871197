// The compiled BPF programs that this library carries.
#pragma once

#include <cstddef>
#include <span>

extern "C" {
extern const unsigned char podwire_bpf_object[];
extern const unsigned char podwire_bpf_object_end[];
}

namespace podwire::kernel {

[[nodiscard]] inline std::span<const unsigned char> embedded_object() {
  return {podwire_bpf_object, static_cast<std::size_t>(podwire_bpf_object_end - podwire_bpf_object)};
}

}  // namespace podwire::kernel
