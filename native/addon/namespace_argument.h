// NamespaceSource of src/addon/addon.ts.
#pragma once

#include "addon/argument.h"
#include "kernel/kernel_capture.h"

namespace podwire::addon {

[[nodiscard]] kernel::NamespaceSource namespace_source(const Argument& argument);

}  // namespace podwire::addon
