// How programs are put on interfaces, and what is on them.
#pragma once

#include <vector>

#include "kernel/kernel_capture.h"
#include "kernel/program_instance.h"

namespace podwire::kernel {

// The programs of one attachment on the interfaces of one namespace. Safe to use from several threads.
class InterfacePrograms {
 public:
  virtual ~InterfacePrograms() = default;  // removes

  // Inside the namespace. Throws KernelError; kNoSuchInterface when the interface is gone by now.
  virtual void add(const Interface& interface, const ProgramInstance& programs) = 0;
  // Interfaces that still carry the programs. From any namespace.
  [[nodiscard]] virtual std::vector<Interface> alive() const = 0;
  // Takes them off, from any namespace.
  virtual void remove() noexcept = 0;
};

}  // namespace podwire::kernel
