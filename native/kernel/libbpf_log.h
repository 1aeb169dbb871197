// What libbpf has to say, kept from stderr.
#pragma once

#include <string>

namespace podwire::kernel {

// From its construction on, collects the last lines that libbpf logs on this thread, a verifier's log among them.
class LibbpfLog {
 public:
  LibbpfLog();
  ~LibbpfLog();
  LibbpfLog(const LibbpfLog&) = delete;
  LibbpfLog& operator=(const LibbpfLog&) = delete;

  // The lines, without a trailing newline; empty when there were none.
  [[nodiscard]] std::string text() const;
};

}  // namespace podwire::kernel
