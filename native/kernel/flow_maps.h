// What user space tells the kernel programs: what taps want, flows to ignore, bodies to skip.
#pragma once

#include <cstdint>

#include "kernel/shared_maps.h"
#include "kernel/wants.h"
#include "tcp/segment.h"

namespace podwire::kernel {

// Throws KernelError when the kernel refuses.
void write_wants(const SharedMaps& maps, std::uint32_t attachment_id, const Wants& wants);
void erase_wants(const SharedMaps& maps, std::uint32_t attachment_id);

// These three only spare work, so that a failure is nobody's loss and is not told. The maps forget the entries that
// were not used for longest when they are full.
void write_skip(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& source,
                const tcp::Endpoint& destination, std::uint32_t from_sequence, std::uint32_t until_sequence);
void write_ignored(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& one,
                   const tcp::Endpoint& other);
void erase_flow(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& one,
                const tcp::Endpoint& other);

}  // namespace podwire::kernel
