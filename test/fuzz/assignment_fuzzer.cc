// The part of an assignment that a node decodes from what others sent: a TapSpec.
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <variant>
#include <vector>

#include "fuzz_input.h"
#include "podwire_fields.h"
#include "property.h"
#include "tap/tap_spec_decoder.h"

namespace podwire::fuzz {
namespace {

using wire::TapSpecField;

std::variant<tap::TapSpec, tap::SpecError> decode(std::string_view bytes) {
  // Of its own exact size, so that a read beyond it is seen.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  auto decoded = tap::decode_tap_spec({exact.data(), exact.size()});
  if (const auto* error = std::get_if<tap::SpecError>(&decoded)) {
    require(!error->sentence.empty(), "an error is told in words");
  } else {
    const tap::TapSpec& spec = std::get<tap::TapSpec>(decoded);
    std::size_t networks = 0;
    for (const auto* peers : {&spec.to, &spec.from}) {
      require(peers->size() <= tap::kMaxEntries, "entries keep to their bound");
      for (const tap::Peer& peer : *peers) networks += peer.networks.size();
    }
    require(networks <= tap::kMaxNetworks, "networks keep to their bound");
    require(spec.methods.size() <= tap::kMaxEntries && spec.paths.size() <= tap::kMaxEntries &&
                spec.ports.size() <= tap::kMaxEntries && spec.grpc_statuses.size() <= tap::kMaxEntries &&
                spec.protocols.size() <= tap::kMaxEntries && spec.headers.size() <= tap::kMaxHeaderMatches,
            "entries keep to their bound");
    require(spec.body_bytes <= tap::kMaxBodyBytes && spec.max_rate <= tap::kMaxRate, "numbers keep to their bounds");
    for (const tap::StatusRange& range : spec.statuses) {
      require(range.first >= 100 && range.first <= range.last && range.last <= 999, "a range of statuses is one");
    }
  }
  return decoded;
}

// Patterns and sets are told by how they judge these; the input gives the texts.
struct Probes {
  std::vector<std::string> texts;
  std::vector<tcp::Address> addresses;
};

Probes probes_of(std::string_view bytes) {
  Probes probes;
  probes.texts = {
      "", "/", "/api/cart", "a", std::string(bytes.substr(0, 64)), std::string(bytes.substr(bytes.size() / 2, 64))};
  tcp::Address four;
  four.bytes = {198, 18, 0, 1};
  tcp::Address six;
  six.version = 6;
  six.bytes = {0x20, 0x01, 0, 2};
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 16); ++i) {
    six.bytes[i] = static_cast<std::uint8_t>(bytes[bytes.size() - 1 - i]);
  }
  probes.addresses = {four, six};
  return probes;
}

std::string words_of(const tap::Peer& peer, const Probes& probes) {
  std::string words = std::to_string(peer.networks.size()) + ' ' + std::to_string(peer.port) + ' ' + peer.host;
  for (const tcp::Address& address : probes.addresses) words += peer.networks.contains(address) ? " in" : " out";
  return words + '\n';
}

std::string words_of(const tap::PathPattern& pattern, const Probes& probes) {
  if (const auto* prefix = std::get_if<tap::PathPrefix>(&pattern)) return "prefix " + prefix->prefix + '\n';
  std::string words = "glob";
  for (const std::string& text : probes.texts) words += std::get<tap::Glob>(pattern).matches(text) ? " yes" : " no";
  return words + '\n';
}

std::string words_of(const tap::HeaderMatch& match, const Probes& probes) {
  std::string words = match.name + ' ' + std::to_string(match.content.index());
  if (const auto* equals = std::get_if<tap::HeaderEquals>(&match.content)) words += ' ' + equals->value;
  if (const auto* pattern = std::get_if<tap::ValuePattern>(&match.content)) {
    for (const std::string& text : probes.texts) words += pattern->matches(text) ? " yes" : " no";
  }
  return words + '\n';
}

std::string words_of(const tap::TapSpec& spec, const Probes& probes) {
  std::string words;
  for (const tap::Peer& peer : spec.to) words += "to " + words_of(peer, probes);
  for (const tap::Peer& peer : spec.from) words += "from " + words_of(peer, probes);
  for (const std::string& method : spec.methods) words += "method " + method + '\n';
  for (const tap::PathPattern& path : spec.paths) words += words_of(path, probes);
  for (const tap::AuthorityName& name : spec.authorities) {
    words += "authority " + name.host + (name.port ? ':' + std::to_string(*name.port) : "") + '\n';
  }
  for (const std::string& scheme : spec.schemes) words += "scheme " + scheme + '\n';
  for (const exchange::Protocol one : spec.protocols)
    words += "protocol " + std::to_string(static_cast<int>(one)) + '\n';
  for (const tap::StatusRange& range : spec.statuses) {
    words +=
        "status " + std::to_string(range.first) + '-' + std::to_string(range.last) + (range.negated ? "!\n" : "\n");
  }
  for (const std::uint32_t status : spec.grpc_statuses) words += "grpc " + std::to_string(status) + '\n';
  for (const auto& nanos : {spec.min_latency_nanos, spec.max_latency_nanos}) {
    words += "latency " + (nanos ? std::to_string(*nanos) : "-") + '\n';
  }
  for (const tap::HeaderMatch& match : spec.headers) words += "header " + words_of(match, probes);
  for (const std::uint16_t port : spec.ports) words += "port " + std::to_string(port) + '\n';
  return words + std::to_string(spec.body_bytes) + ' ' + std::to_string(spec.unredacted) + ' ' +
         std::to_string(spec.max_rate);
}

// The same message with its fields written anew by protozero: scalars of the decoded spec, the rest as it came, in the
// order of field numbers, with a field of a later version behind.
std::string encoded_again(std::string_view bytes, const tap::TapSpec& spec) {
  std::string out;
  protozero::pbf_writer writer(out);
  const auto tag = [](TapSpecField field) { return static_cast<protozero::pbf_tag_type>(field); };
  for (const TapSpecField field : {TapSpecField::to_, TapSpecField::from_, TapSpecField::paths_,
                                   TapSpecField::authorities_, TapSpecField::headers_}) {
    protozero::pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next()) {
      if (reader.tag() == tag(field)) {
        writer.add_bytes(tag(field), reader.get_view());
      } else {
        reader.skip();
      }
    }
  }
  for (const std::string& method : spec.methods) writer.add_string(tag(TapSpecField::methods_), method);
  for (const std::string& scheme : spec.schemes) writer.add_string(tag(TapSpecField::schemes_), scheme);
  for (const exchange::Protocol one : spec.protocols) {
    writer.add_enum(tag(TapSpecField::protocols_), static_cast<std::int32_t>(one));
  }
  for (const tap::StatusRange& range : spec.statuses) {
    protozero::pbf_writer nested(writer, tag(TapSpecField::statuses_));
    nested.add_bool(static_cast<protozero::pbf_tag_type>(wire::StatusRangeField::negated_), range.negated);
    nested.add_uint32(static_cast<protozero::pbf_tag_type>(wire::StatusRangeField::last_), range.last);
    nested.add_uint32(static_cast<protozero::pbf_tag_type>(wire::StatusRangeField::first_), range.first);
  }
  writer.add_packed_uint32(tag(TapSpecField::grpc_statuses_), spec.grpc_statuses.begin(), spec.grpc_statuses.end());
  writer.add_packed_uint32(tag(TapSpecField::ports_), spec.ports.begin(), spec.ports.end());
  if (spec.min_latency_nanos) writer.add_uint64(tag(TapSpecField::min_latency_nanos_), *spec.min_latency_nanos);
  if (spec.max_latency_nanos) writer.add_uint64(tag(TapSpecField::max_latency_nanos_), *spec.max_latency_nanos);
  writer.add_uint32(tag(TapSpecField::body_bytes_), spec.body_bytes);
  writer.add_bool(tag(TapSpecField::unredacted_), spec.unredacted);
  writer.add_uint32(tag(TapSpecField::max_rate_), spec.max_rate);
  writer.add_string(2'000, "of a later version");
  return out;
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire;
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const std::string_view bytes = input.rest();
  const auto decoded = decode(bytes);
  const auto* spec = std::get_if<tap::TapSpec>(&decoded);
  if (spec == nullptr) return 0;
  const Probes probes = probes_of(bytes);
  const auto again = decode(encoded_again(bytes, *spec));
  require(std::holds_alternative<tap::TapSpec>(again), "what was decoded can be encoded and decoded again");
  require_same(words_of(*spec, probes), words_of(std::get<tap::TapSpec>(again), probes), "and is the same");
  return 0;
}
