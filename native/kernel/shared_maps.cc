#include "kernel/shared_maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "bpf/capture_record.h"
#include "kernel/embedded_object.h"
#include "kernel/kernel_error.h"
#include "kernel/libbpf_log.h"
#include "kernel/loop_helper.h"

namespace podwire::kernel {
namespace {

// A consumer that visits a busy ring by itself is woken before that when an eighth of it waits, and when so much does.
constexpr std::uint32_t kMostMuchBytes = 2U << 20U;

constexpr const char* kRings = "rings";
constexpr std::array kSharedMaps = {"scratch", kRings, "doorbells", "attachment_wants", "ignored_flows", "body_skips"};

FileDescriptor create_ring(std::uint32_t ring_bytes) {
  FileDescriptor ring(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "podwire_ring", 0, 0, ring_bytes, nullptr));
  if (!ring.valid()) {
    throw kernel_error("create a ring buffer of " + std::to_string(ring_bytes) + " bytes", errno, kLoadCapabilities);
  }
  return ring;
}

}  // namespace

void SharedMaps::Close::operator()(bpf_object* object) const { bpf_object__close(object); }

SharedMaps::SharedMaps(const KernelCaptureOptions& options) : reads_heads_(options.read_heads && has_loop_helper()) {
  const LibbpfLog log;
  const auto bytes = embedded_object();
  LIBBPF_OPTS(bpf_object_open_opts, open_options, .object_name = "podwire");
  object_.reset(bpf_object__open_mem(bytes.data(), bytes.size(), &open_options));
  if (!object_) throw kernel_error("open the BPF programs", errno, kLoadCapabilities, log.text());

  // Only the shared maps of this object come into being: no program, and nothing of a single attachment.
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) { bpf_program__set_autoload(program, false); }
  const auto map = [this](const char* name) { return bpf_object__find_map_by_name(object_.get(), name); };
  bpf_map__set_autocreate(map("counters"), false);
  bpf_map__set_max_entries(map("scratch"), static_cast<std::uint32_t>(libbpf_num_possible_cpus()));
  bpf_map__set_max_entries(map("doorbells"), options.rings);
  bpf_map__set_max_entries(map(kRings), options.rings);
  for (unsigned ring = 0; ring < options.rings; ++ring) {
    rings_.emplace_back(create_ring(options.ring_bytes), options.ring_bytes);
  }
  bpf_map__set_inner_map_fd(map(kRings), rings_.at(0).fd());  // what the others are like

  const int error = bpf_object__load(object_.get());
  if (error != 0) throw kernel_error("create the BPF maps", -error, kLoadCapabilities, log.text());
  map_doorbells(std::min(options.ring_bytes / 8, kMostMuchBytes));
  // The kernel answers after a grace period, which the caller has other use for.
  rings_inserted_ = std::async(std::launch::async, [this] { insert_rings(); });
}

void SharedMaps::await_rings() { rings_inserted_.get(); }

SharedMaps::~SharedMaps() {
  if (doorbells_ != nullptr) ::munmap(doorbells_, doorbell_bytes_);
}

void SharedMaps::insert_rings() {
  for (std::uint32_t index = 0; index < rings_.size(); ++index) {
    const int ring_fd = rings_[index].fd();
    if (bpf_map_update_elem(fd(kRings), &index, &ring_fd, BPF_ANY) != 0) {
      throw kernel_error("set up a ring buffer", errno, kLoadCapabilities);
    }
  }
}

void SharedMaps::map_doorbells(std::uint32_t much_bytes) {
  const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  doorbell_bytes_ = (rings_.size() * sizeof(capture_doorbell) + page_bytes - 1) / page_bytes * page_bytes;
  void* address = ::mmap(nullptr, doorbell_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd("doorbells"), 0);
  if (address == MAP_FAILED) throw kernel_error("map the doorbells", errno, kLoadCapabilities);
  doorbells_ = static_cast<capture_doorbell*>(address);
  for (unsigned ring = 0; ring < rings_.size(); ++ring) doorbell(ring).much_bytes = much_bytes;
}

void SharedMaps::share_with(bpf_object* object) const {
  for (const char* name : kSharedMaps) {
    if (bpf_map__reuse_fd(bpf_object__find_map_by_name(object, name), fd(name)) != 0) {
      throw kernel_error(std::string("share the BPF map ") + name, errno, kLoadCapabilities);
    }
  }
}

capture_doorbell& SharedMaps::doorbell(unsigned index) { return doorbells_[index]; }

int SharedMaps::fd(const char* map_name) const {
  return bpf_map__fd(bpf_object__find_map_by_name(object_.get(), map_name));
}

}  // namespace podwire::kernel
