// What user space tells the kernel programs: ports, flows to ignore, bodies to skip.
#pragma once

#include <cstdint>
#include <span>

#include "kernel/shared_maps.h"
#include "tcp/segment.h"

namespace podwire::kernel {

// Empty, or more than CAPTURE_PORTS_MAX: all ports. Throws KernelError when the kernel refuses.
void write_ports(const SharedMaps& maps, std::uint32_t attachment_id, std::span<const std::uint16_t> ports);

// These three only spare work, so that a failure is nobody's loss and is not told. The maps forget the entries that
// were not used for longest when they are full.
void write_skip(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& source,
                const tcp::Endpoint& destination, std::uint32_t from_sequence, std::uint32_t until_sequence);
void write_ignored(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& one,
                   const tcp::Endpoint& other);
void erase_flow(const SharedMaps& maps, std::uint32_t attachment_id, const tcp::Endpoint& one,
                const tcp::Endpoint& other);

}  // namespace podwire::kernel
