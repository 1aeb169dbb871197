#include "kernel/network_namespace.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <thread>

#include "kernel/file_descriptor.h"
#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";
constexpr std::string_view kNamedNamespaces = "/run/netns/";

struct OpenNamespace {
  FileDescriptor file;  // keeps the namespace alive while it is open
  NamespaceId id;
};

KernelError no_such_namespace(const std::string& path) {
  std::string_view view = path;
  if (view.starts_with("/var/run/netns/")) view.remove_prefix(std::string_view("/var").size());
  if (view.starts_with(kNamedNamespaces)) {
    const std::string name(view.substr(kNamedNamespaces.size()));
    return {ErrorCode::kNoSuchNamespace, "no network namespace " + name + ": /run/netns/" + name +
                                             " does not exist; `ip netns list` shows those there are"};
  }
  if (view.starts_with("/proc/")) {
    const auto rest = view.substr(std::string_view("/proc/").size());
    const std::string pid(rest.substr(0, rest.find('/')));
    return {ErrorCode::kNoSuchNamespace, "no process " + pid + ": " + path + " does not exist; it may have ended"};
  }
  return {ErrorCode::kNoSuchNamespace, "no network namespace at " + path + ": the file does not exist"};
}

KernelError not_a_namespace(const std::string& path) {
  return {ErrorCode::kNoSuchNamespace,
          path + " is not a network namespace; expected a file such as /run/netns/NAME or /proc/PID/ns/net"};
}

OpenNamespace open_namespace(const std::string& path) {
  OpenNamespace opened{FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), {}};
  if (!opened.file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ESRCH) throw no_such_namespace(path);
    throw kernel_error("open the network namespace " + path, errno,
                       "CAP_SYS_ADMIN, and CAP_SYS_PTRACE for another user's process");
  }
  struct statfs filesystem {};
  struct stat status {};
  if (::fstatfs(opened.file.get(), &filesystem) != 0 || ::fstat(opened.file.get(), &status) != 0 ||
      filesystem.f_type != NSFS_MAGIC) {
    throw not_a_namespace(path);
  }
  opened.id = {status.st_dev, status.st_ino};
  return opened;
}

// Enters on a new thread, so that the calling one never leaves its namespace, not even after a failure to return.
void visit_on_thread(OpenNamespace opened, const std::string& path, const std::function<void()>& visit) {
  std::exception_ptr failure;
  std::thread visitor([&] {
    try {
      if (::setns(opened.file.get(), CLONE_NEWNET) != 0) {
        if (errno == EINVAL) throw not_a_namespace(path);
        throw kernel_error("enter the network namespace " + path, errno, kNamespaceCapabilities);
      }
      opened.file.reset();
      visit();
    } catch (...) {
      failure = std::current_exception();
    }
  });
  visitor.join();
  if (failure) std::rethrow_exception(failure);
}

std::optional<NamespaceId> id_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return NamespaceId{status.st_dev, status.st_ino};
}

// Mount points of nsfs: proc(5), /proc/pid/mountinfo; fields 4 and 5 are the root and the mount point.
std::vector<std::string> mounted_namespaces() {
  std::vector<std::string> paths;
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, mount_point;
    if (fields >> id >> parent >> device >> root >> mount_point && root.starts_with("net:[")) {
      paths.push_back(mount_point);
    }
  }
  return paths;
}

std::vector<std::string> process_namespaces() {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) {
      paths.push_back("/proc/" + name + "/ns/net");
    }
  }
  return paths;
}

}  // namespace

void visit_namespace(const NamespaceSource& source, const std::function<void(const NamespaceId&)>& visit) {
  if (source.kind == NamespaceSource::Kind::kInterface) {
    visit(id_at(kOwnNamespace).value_or(NamespaceId{}));
    return;
  }
  OpenNamespace opened = open_namespace(source.value);
  const NamespaceId id = opened.id;
  visit_on_thread(std::move(opened), source.value, [&] { visit(id); });
}

bool revisit_namespace(const NamespacePlace& place, const std::function<void()>& visit) {
  if (id_at(kOwnNamespace) == place.id) {
    visit();
    return true;
  }
  std::vector<NamespacePlace> candidates = {place};
  if (id_at(place.path) != place.id) candidates = every_namespace();
  for (const NamespacePlace& candidate : candidates) {
    if (candidate.id != place.id) continue;
    std::optional<OpenNamespace> opened;
    try {
      opened = open_namespace(candidate.path);
    } catch (const KernelError&) {
      continue;  // its last process or mount went in between
    }
    if (opened->id != place.id) continue;
    visit_on_thread(std::move(*opened), candidate.path, visit);
    return true;
  }
  return false;
}

std::vector<NamespacePlace> every_namespace() {
  std::vector<std::string> paths = {kOwnNamespace};
  std::ranges::move(mounted_namespaces(), std::back_inserter(paths));
  std::ranges::move(process_namespaces(), std::back_inserter(paths));

  std::vector<NamespacePlace> places;
  std::set<NamespaceId> seen;
  for (std::string& path : paths) {
    const std::optional<NamespaceId> id = id_at(path);
    if (id && seen.insert(*id).second) places.push_back({*id, std::move(path)});
  }
  return places;
}

}  // namespace podwire::kernel
