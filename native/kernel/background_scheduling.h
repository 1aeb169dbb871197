// What Podwire asks of the kernel's scheduler: to run behind those it observes.
#pragma once

#include <string>

namespace podwire::kernel {

// For all threads of this process, and all threads and processes that they start from then on. A batch is a millisecond
// of work in each process that it passes; scheduled like everybody's, it is done to its end while the observed wait for
// the processor. So: SCHED_BATCH (sched(7)); a slice longer than others', since whoever wakes up with a shorter one
// preempts (sched_setattr(2), EEVDF of Linux 6.12; older kernels ignore it); a nice value, for a session of its own
// also of its autogroup. Whoever was given another policy or a greater nice value keeps it. Any thread. Returns one
// sentence why it was refused; empty when it was not.
[[nodiscard]] std::string schedule_in_background();

}  // namespace podwire::kernel
