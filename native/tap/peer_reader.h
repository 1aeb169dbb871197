// Reads the messages Peer and Network of an encoded TapSpec.
#pragma once

#include <cstddef>
#include <string>

#include "tap/spec_reader.h"
#include "tap/tap_spec.h"

namespace podwire::tap {

// Counts the networks of all peers of one spec together.
class PeerReader {
 public:
  // `name` is the field's, for the sentence of an error. Throws SpecProblem.
  [[nodiscard]] Peer read(protozero::pbf_reader reader, const std::string& name);

 private:
  void read_network(protozero::pbf_reader reader, const std::string& name, NetworkSet& networks);

  std::size_t network_count_ = 0;
};

}  // namespace podwire::tap
