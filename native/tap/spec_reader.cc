#include "tap/spec_reader.h"

#include "wire/text.h"

namespace podwire::tap {
namespace {

std::string_view name_of(protozero::pbf_wire_type type) {
  switch (type) {
    case protozero::pbf_wire_type::varint:
      return "a varint";
    case protozero::pbf_wire_type::fixed64:
      return "a 64-bit field";
    case protozero::pbf_wire_type::length_delimited:
      return "a length-delimited field";
    case protozero::pbf_wire_type::fixed32:
      return "a 32-bit field";
    default:
      return "a field of an unknown type";
  }
}

}  // namespace

void refuse(SpecErrorCode code, std::string_view field, std::string_view expected, std::string_view got) {
  std::string sentence(field);
  sentence.append(": expected ").append(expected).append(", got ").append(got).append(".");
  throw SpecProblem({code, std::move(sentence)});
}

std::string FieldReader::text(std::size_t least_bytes, std::size_t most_bytes) {
  const std::string_view value = bytes();
  if (value.size() < least_bytes || value.size() > most_bytes) {
    refuse(SpecErrorCode::kOutOfRange, name_,
           std::to_string(least_bytes) + " to " + std::to_string(most_bytes) + " bytes", std::to_string(value.size()));
  }
  if (!wire::is_utf8(value)) refuse(SpecErrorCode::kMalformed, name_, "UTF-8", "other bytes");
  return std::string(value);
}

std::string_view FieldReader::bytes() {
  expect(protozero::pbf_wire_type::length_delimited);
  const auto view = reader_.get_view();
  return {view.data(), view.size()};
}

protozero::pbf_reader FieldReader::message() {
  expect(protozero::pbf_wire_type::length_delimited);
  return reader_.get_message();
}

std::uint64_t FieldReader::number(Range range) {
  expect(protozero::pbf_wire_type::varint);
  return checked(reader_.get_uint64(), range);
}

void FieldReader::expect(protozero::pbf_wire_type type) const {
  if (reader_.wire_type() != type) {
    refuse(SpecErrorCode::kMalformed, name_, name_of(type), name_of(reader_.wire_type()));
  }
}

std::uint64_t FieldReader::checked(std::uint64_t value, Range range) const {
  if (value < range.least || value > range.most) {
    refuse(SpecErrorCode::kOutOfRange, name_, std::to_string(range.least) + " to " + std::to_string(range.most),
           std::to_string(value));
  }
  return value;
}

}  // namespace podwire::tap
