#include "addon/namespace_argument.h"

namespace podwire::addon {

kernel::NamespaceSource namespace_source(const Argument& argument) {
  using Kind = kernel::NamespaceSource::Kind;
  if (argument.property("kind").one_of({"path", "interface"}) == 0)
    return {Kind::kPath, argument.property("path").text()};
  return {Kind::kInterface, argument.property("name").text()};
}

}  // namespace podwire::addon
