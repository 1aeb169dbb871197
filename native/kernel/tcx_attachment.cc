#include "kernel/tcx_attachment.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "kernel/kernel_error.h"

namespace podwire::kernel {
namespace {

// BPF_F_BEFORE without another program to be relative to: first of all, so that what another program drops or
// redirects is seen too.
constexpr std::uint32_t kFirstOfAll = 1U << 3;

// The beginning of struct bpf_link_info for a tcx link; the union begins with the interface's index.
struct TcxLinkInfo {
  std::uint32_t type;
  std::uint32_t id;
  std::uint32_t program_id;
  std::uint32_t padding;
  std::uint32_t interface_index;  // 0 once the interface is gone
  std::uint32_t attach_type;
};

FileDescriptor attach(const Interface& interface, int program_fd, std::uint32_t attach_type) {
  const int fd = create_tcx_link(program_fd, interface.index, attach_type);
  if (fd >= 0) return FileDescriptor(fd);
  if (fd == -ENODEV) throw KernelError(ErrorCode::kNoSuchInterface, "the interface " + interface.name + " is gone");
  throw kernel_error("attach to " + interface.name + " by tcx", -fd, kLoadCapabilities);
}

bool is_attached(const FileDescriptor& link) {
  TcxLinkInfo info{};
  std::uint32_t size = sizeof(info);
  const int error = bpf_obj_get_info_by_fd(link.get(), &info, &size);
  return error == 0 && info.interface_index != 0;
}

}  // namespace

int create_tcx_link(int program_fd, std::uint32_t interface_index, std::uint32_t attach_type) {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof(attributes));
  attributes.link_create.prog_fd = static_cast<__u32>(program_fd);
  attributes.link_create.target_ifindex = interface_index;
  attributes.link_create.attach_type = attach_type;
  attributes.link_create.flags = kFirstOfAll;
  // The kernel opens the descriptor with O_CLOEXEC.
  const long fd = ::syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof(attributes));
  return fd < 0 ? -errno : static_cast<int>(fd);
}

void TcxAttachment::add(const Interface& interface, const ProgramInstance& programs) {
  Attached attached{interface, attach(interface, programs.ingress_fd(), kTcxIngress), {}};
  if (programs.egress_fd() >= 0) attached.egress = attach(interface, programs.egress_fd(), kTcxEgress);
  const std::lock_guard lock(mutex_);
  attached_.push_back(std::move(attached));
}

std::vector<Interface> TcxAttachment::alive() const {
  const std::lock_guard lock(mutex_);
  std::vector<Interface> interfaces;
  for (const Attached& attached : attached_) {
    if (is_attached(attached.ingress)) interfaces.push_back(attached.interface);
  }
  return interfaces;
}

// Closing a link's last descriptor detaches it.
void TcxAttachment::remove() noexcept {
  const std::lock_guard lock(mutex_);
  attached_.clear();
}

}  // namespace podwire::kernel
