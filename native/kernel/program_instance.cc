#include "kernel/program_instance.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "bpf/capture_record.h"
#include "kernel/blocked_signals.h"
#include "kernel/embedded_object.h"
#include "kernel/kernel_error.h"
#include "kernel/libbpf_log.h"

namespace podwire::kernel {
namespace {

struct ProgramNames {
  const char* ingress;
  const char* egress;
  const char* loopback;
};
constexpr ProgramNames kReadHeads{"podwire_ingress", "podwire_egress", "podwire_lo"};
constexpr ProgramNames kPlain{"podwire_ingress_plain", "podwire_egress_plain", "podwire_lo_plain"};

const ProgramNames& names_for(const SharedMaps& maps) { return maps.reads_heads() ? kReadHeads : kPlain; }

int program_fd(bpf_object* object, const char* name) {
  return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

void write_settings(bpf_object* object, const attachment_settings& settings) {
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) {
    if (std::string_view(bpf_map__name(map)).ends_with(".rodata")) break;
  }
  if (map == nullptr || bpf_map__set_initial_value(map, &settings, sizeof(settings)) != 0) {
    throw KernelError(ErrorCode::kKernel, "the BPF programs and this library are not of the same build");
  }
}

}  // namespace

void ProgramInstance::Close::operator()(bpf_object* object) const { bpf_object__close(object); }

ProgramInstance::ProgramInstance(const SharedMaps& maps, const InstanceSettings& settings, int counters_fd)
    : ingress_name_(settings.loopback ? names_for(maps).loopback : names_for(maps).ingress),
      egress_name_(settings.loopback ? nullptr : names_for(maps).egress) {
  const LibbpfLog log;
  const auto bytes = embedded_object();
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "podwire");
  object_.reset(bpf_object__open_mem(bytes.data(), bytes.size(), &options));
  if (!object_) throw kernel_error("open the BPF programs", errno, kLoadCapabilities, log.text());

  write_settings(object_.get(), {settings.attachment_id, maps.ring_count(), settings.link_header_bytes});
  maps.share_with(object_.get());
  if (counters_fd >= 0) {
    bpf_map__reuse_fd(bpf_object__find_map_by_name(object_.get(), "counters"), counters_fd);
  }
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) {
    const std::string_view name = bpf_program__name(program);
    bpf_program__set_autoload(program, name == ingress_name_ || (egress_name_ != nullptr && name == egress_name_));
  }
  // A signal ends the verification, and one that comes often, such as a profiler's, every further attempt's, too.
  const BlockedSignals blocked;
  const int error = bpf_object__load(object_.get());
  if (error != 0) throw kernel_error("load the BPF programs", -error, kLoadCapabilities, log.text());
}

int ProgramInstance::ingress_fd() const { return program_fd(object_.get(), ingress_name_); }

int ProgramInstance::egress_fd() const {
  return egress_name_ == nullptr ? -1 : program_fd(object_.get(), egress_name_);
}

int ProgramInstance::counters_fd() const {
  return bpf_map__fd(bpf_object__find_map_by_name(object_.get(), "counters"));
}

}  // namespace podwire::kernel
