#include "kernel/kernel_error.h"

#include <cerrno>
#include <system_error>

namespace podwire::kernel {

KernelError kernel_error(std::string_view action, int error, std::string_view capabilities, std::string_view detail) {
  std::string sentence = "could not " + std::string(action) + ": " + std::generic_category().message(error);
  // A program that the verifier rejects comes back as EACCES, with its log.
  const bool refused = error == EPERM || (error == EACCES && detail.empty());
  if (refused) sentence += "; it needs " + std::string(capabilities) + ": run as root, or grant the capability";
  if (!refused && !detail.empty()) sentence += "\n" + std::string(detail);
  return {refused ? ErrorCode::kPermission : ErrorCode::kKernel, sentence};
}

}  // namespace podwire::kernel
