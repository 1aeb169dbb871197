#include "kernel/libbpf_log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <string_view>

namespace podwire::kernel {
namespace {

constexpr std::size_t kKeptBytes = 2048;
constexpr std::size_t kMessageBytes = 64 * 1024;  // a verifier's log comes in one message

thread_local std::string kept;

void keep(std::string_view message) {
  kept.append(message);
  if (kept.size() <= kKeptBytes) return;
  kept.erase(0, kept.size() - kKeptBytes);
  if (const auto newline = kept.find('\n'); newline != std::string::npos) kept.erase(0, newline + 1);
}

__attribute__((format(printf, 2, 0))) int on_message(libbpf_print_level level, const char* format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  std::string message(kMessageBytes, '\0');
  const int length = std::vsnprintf(message.data(), message.size(), format, arguments);
  if (length > 0) keep(std::string_view(message.c_str()));
  return length;
}

}  // namespace

LibbpfLog::LibbpfLog() {
  static std::once_flag once;
  std::call_once(once, [] { libbpf_set_print(on_message); });
  kept.clear();
}

LibbpfLog::~LibbpfLog() { kept.clear(); }

std::string LibbpfLog::text() const {
  const auto end = kept.find_last_not_of("\n ");
  return end == std::string::npos ? std::string() : kept.substr(0, end + 1);
}

}  // namespace podwire::kernel
