// bpf_loop, by which the kernel programs read heads: Linux 5.17 (commit e6f2dd0f8067).
#pragma once

namespace podwire::kernel {

// Asked of the kernel once a process. Any thread.
[[nodiscard]] bool has_loop_helper();

}  // namespace podwire::kernel
