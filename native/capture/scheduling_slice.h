// How soon a thread runs that was woken on a busy machine.
#pragma once

namespace podwire::capture {

// Asks for the shortest turns for the calling thread, in place of a few milliseconds: a thread that sleeps mostly and
// runs briefly then has its turn before those that compute. It gets no larger share, needs no privilege, and goes for
// nothing on a kernel before 6.12. Kernel source: Documentation/scheduler/sched-eevdf.rst.
void ask_for_short_slices();

}  // namespace podwire::capture
