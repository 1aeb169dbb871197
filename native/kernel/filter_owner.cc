#include "kernel/filter_owner.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

namespace podwire::kernel {
namespace {

constexpr std::string_view kPrefix = "podwire";
constexpr std::string_view kQdiscMark = "qdisc";
constexpr int kStartTimeField = 22;

std::optional<std::uint64_t> start_ticks_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // Field 2 is the command in parentheses, which may hold spaces and parentheses itself.
  const auto end_of_command = line.rfind(')');
  if (end_of_command == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(end_of_command + 1));
  std::string field;
  for (int number = 3; number <= kStartTimeField; ++number) {
    if (!(fields >> field)) return std::nullopt;
  }
  std::uint64_t ticks = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), ticks);
  if (error != std::errc()) return std::nullopt;
  return ticks;
}

std::string_view take_field(std::string_view& text) {
  const auto colon = text.find(':');
  const std::string_view field = text.substr(0, colon);
  text = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  return field;
}

template <typename Number>
bool read_number(std::string_view field, Number& number) {
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  return error == std::errc() && end == field.data() + field.size();
}

ino_t own_pid_namespace() {
  struct stat status {};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

}  // namespace

std::string FilterName::text() const {
  std::string name(kPrefix);
  for (const std::uint64_t number : std::array<std::uint64_t, 4>{
           owner.pid_namespace, static_cast<std::uint64_t>(owner.pid), owner.start_ticks, attachment_id}) {
    name += ':' + std::to_string(number);
  }
  if (owns_qdisc) name += ':' + std::string(kQdiscMark);
  return name;
}

std::optional<FilterName> FilterName::parse(std::string_view text) {
  FilterName name;
  if (take_field(text) != kPrefix || !read_number(take_field(text), name.owner.pid_namespace) ||
      !read_number(take_field(text), name.owner.pid) || !read_number(take_field(text), name.owner.start_ticks) ||
      !read_number(take_field(text), name.attachment_id)) {
    return std::nullopt;
  }
  if (!text.empty() && text != kQdiscMark) return std::nullopt;
  name.owns_qdisc = text == kQdiscMark;
  return name;
}

ProcessIdentity own_identity() {
  const pid_t pid = ::getpid();
  return {own_pid_namespace(), pid, start_ticks_of(pid).value_or(0)};
}

bool has_ended(const ProcessIdentity& identity) {
  if (identity.pid_namespace != own_pid_namespace()) return false;
  return start_ticks_of(identity.pid) != identity.start_ticks;
}

}  // namespace podwire::kernel
