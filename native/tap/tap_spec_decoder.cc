#include "tap/tap_spec_decoder.h"

#include <limits>
#include <protozero/exception.hpp>
#include <utility>

#include "podwire_fields.h"
#include "tap/authority.h"
#include "tap/peer_reader.h"
#include "tap/spec_reader.h"
#include "wire/ascii.h"

namespace podwire::tap {
namespace {

constexpr Range kPortRange{1, 65'535};
constexpr Range kStatusRange{100, 999};  // RFC 9110, section 15: three digits
constexpr Range kGrpcStatusRange{0, 0xFFFF'FFFF};
constexpr Range kProtocolRange{1, 3};  // of the schema's Protocol, without "unspecified"
constexpr Range kNanosRange{0, std::numeric_limits<std::uint64_t>::max()};

template <typename Entry>
void append_entry(std::vector<Entry>& entries, Entry entry, std::string_view field, std::size_t most = kMaxEntries) {
  if (entries.size() >= most) {
    refuse(SpecErrorCode::kTooMany, field, "at most " + std::to_string(most) + " entries", "more");
  }
  entries.push_back(std::move(entry));
}

class Decoder {
 public:
  TapSpec decode(std::string_view bytes) {
    protozero::pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next()) {
      if (!read_peers_and_strings(reader) && !read_numbers(reader)) reader.skip();
    }
    if (spec_.min_latency_nanos && spec_.max_latency_nanos && *spec_.min_latency_nanos > *spec_.max_latency_nanos) {
      refuse(SpecErrorCode::kOutOfRange, "max_latency_nanos", "no less than min_latency_nanos",
             std::to_string(*spec_.max_latency_nanos));
    }
    return std::move(spec_);
  }

 private:
  bool read_peers_and_strings(protozero::pbf_reader& reader) {
    switch (static_cast<wire::TapSpecField>(reader.tag())) {
      case wire::TapSpecField::to_:
        append_entry(spec_.to, peers_.read(FieldReader(reader, "to").message(), "to"), "to");
        return true;
      case wire::TapSpecField::from_:
        append_entry(spec_.from, peers_.read(FieldReader(reader, "from").message(), "from"), "from");
        return true;
      case wire::TapSpecField::methods_:
        append_entry(spec_.methods, FieldReader(reader, "methods").text(1, kMaxTokenBytes), "methods");
        return true;
      case wire::TapSpecField::paths_:
        append_entry(spec_.paths, path_pattern(FieldReader(reader, "paths").text(1, kMaxPathBytes)), "paths");
        return true;
      case wire::TapSpecField::authorities_:
        append_entry(spec_.authorities, authority_name(FieldReader(reader, "authorities").text(1, kMaxHostBytes)),
                     "authorities");
        return true;
      case wire::TapSpecField::schemes_:
        append_entry(spec_.schemes, FieldReader(reader, "schemes").text(1, kMaxTokenBytes), "schemes");
        return true;
      case wire::TapSpecField::headers_:
        append_entry(spec_.headers, read_header(FieldReader(reader, "headers").message()), "headers",
                     kMaxHeaderMatches);
        return true;
      default:
        return false;
    }
  }

  bool read_numbers(protozero::pbf_reader& reader) {
    switch (static_cast<wire::TapSpecField>(reader.tag())) {
      case wire::TapSpecField::protocols_:
        FieldReader(reader, "protocols").numbers(kProtocolRange, [&](std::uint64_t value) {
          append_entry(spec_.protocols, static_cast<exchange::Protocol>(value), "protocols");
        });
        return true;
      case wire::TapSpecField::statuses_:
        append_entry(spec_.statuses, read_status(FieldReader(reader, "statuses").message()), "statuses");
        return true;
      case wire::TapSpecField::grpc_statuses_:
        FieldReader(reader, "grpc_statuses").numbers(kGrpcStatusRange, [&](std::uint64_t value) {
          append_entry(spec_.grpc_statuses, static_cast<std::uint32_t>(value), "grpc_statuses");
        });
        return true;
      case wire::TapSpecField::ports_:
        FieldReader(reader, "ports").numbers(kPortRange, [&](std::uint64_t value) {
          append_entry(spec_.ports, static_cast<std::uint16_t>(value), "ports");
        });
        return true;
      default:
        return read_limits(reader);
    }
  }

  bool read_limits(protozero::pbf_reader& reader) {
    switch (static_cast<wire::TapSpecField>(reader.tag())) {
      case wire::TapSpecField::min_latency_nanos_:
        spec_.min_latency_nanos = FieldReader(reader, "min_latency_nanos").number(kNanosRange);
        return true;
      case wire::TapSpecField::max_latency_nanos_:
        spec_.max_latency_nanos = FieldReader(reader, "max_latency_nanos").number(kNanosRange);
        return true;
      case wire::TapSpecField::body_bytes_:
        spec_.body_bytes = static_cast<std::uint32_t>(FieldReader(reader, "body_bytes").number({0, kMaxBodyBytes}));
        return true;
      case wire::TapSpecField::unredacted_:
        spec_.unredacted = FieldReader(reader, "unredacted").boolean();
        return true;
      case wire::TapSpecField::max_rate_:
        spec_.max_rate = static_cast<std::uint32_t>(FieldReader(reader, "max_rate").number({0, kMaxRate}));
        return true;
      case wire::TapSpecField::omit_headers_:
        spec_.omit_headers = FieldReader(reader, "omit_headers").boolean();
        return true;
      case wire::TapSpecField::shared_headers_:
        spec_.share_headers = FieldReader(reader, "shared_headers").boolean();
        return true;
      default:
        return false;
    }
  }

  static PathPattern path_pattern(std::string path) {
    if (path.find('*') != std::string::npos) return Glob(path);
    return PathPrefix{std::move(path)};
  }

  static AuthorityName authority_name(const std::string& text) {
    const Authority authority = Authority::parse(text);
    return {wire::lower_case(authority.host), authority.port};
  }

  static StatusRange read_status(protozero::pbf_reader reader) {
    StatusRange range;
    while (reader.next()) {
      switch (static_cast<wire::StatusRangeField>(reader.tag())) {
        case wire::StatusRangeField::first_:
          range.first = static_cast<std::uint16_t>(FieldReader(reader, "statuses.first").number(kStatusRange));
          break;
        case wire::StatusRangeField::last_:
          range.last = static_cast<std::uint16_t>(FieldReader(reader, "statuses.last").number(kStatusRange));
          break;
        case wire::StatusRangeField::negated_:
          range.negated = FieldReader(reader, "statuses.negated").boolean();
          break;
        default:
          reader.skip();
      }
    }
    if (range.first == 0) refuse(SpecErrorCode::kOutOfRange, "statuses.first", "100 to 999", "0");
    if (range.last < range.first) {
      refuse(SpecErrorCode::kOutOfRange, "statuses.last", "no less than statuses.first", std::to_string(range.last));
    }
    return range;
  }

  static HeaderMatch read_header(protozero::pbf_reader reader) {
    HeaderMatch match;
    while (reader.next()) {
      switch (static_cast<wire::HeaderMatchField>(reader.tag())) {
        case wire::HeaderMatchField::name_:
          match.name = FieldReader(reader, "headers.name").text(1, kMaxTokenBytes);
          break;
        case wire::HeaderMatchField::value_:
          match.content = HeaderEquals{FieldReader(reader, "headers.value").text(0, kMaxHeaderValueBytes)};
          break;
        case wire::HeaderMatchField::regex_:
          match.content = value_pattern(FieldReader(reader, "headers.regex").text(1, kMaxRegexBytes));
          break;
        default:
          reader.skip();
      }
    }
    if (match.name.empty()) refuse(SpecErrorCode::kOutOfRange, "headers.name", "a name", "none");
    return match;
  }

  static ValuePattern value_pattern(const std::string& regex) {
    auto compiled = ValuePattern::compile(regex);
    if (const auto* error = std::get_if<PatternError>(&compiled)) {
      refuse(SpecErrorCode::kBadRegex, "headers.regex", "a regular expression in RE2 syntax", error->reason);
    }
    return std::get<ValuePattern>(std::move(compiled));
  }

  TapSpec spec_;
  PeerReader peers_;
};

}  // namespace

std::variant<TapSpec, SpecError> decode_tap_spec(std::string_view bytes) {
  try {
    return Decoder().decode(bytes);
  } catch (const SpecProblem& problem) {
    return problem.error();
  } catch (const protozero::exception& error) {
    return SpecError{SpecErrorCode::kMalformed,
                     std::string("TapSpec: expected a protobuf message, got other bytes (") + error.what() + ")."};
  }
}

}  // namespace podwire::tap
