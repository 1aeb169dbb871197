// Reads fields of a protobuf message whose sender is not trusted: types, lengths and ranges are checked first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "tap/tap_spec_decoder.h"

namespace podwire::tap {

// Thrown within the decoder alone.
class SpecProblem : public std::exception {
 public:
  explicit SpecProblem(SpecError error) : error_(std::move(error)) {}
  [[nodiscard]] const SpecError& error() const { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.sentence.c_str(); }

 private:
  SpecError error_;
};

// `to.networks: expected at most 8 entries, got more.`
[[noreturn]] void refuse(SpecErrorCode code, std::string_view field, std::string_view expected, std::string_view got);

struct Range {
  std::uint64_t least;
  std::uint64_t most;
};

// One field of a message; `name` is its path from TapSpec, for the sentence of an error.
class FieldReader {
 public:
  FieldReader(protozero::pbf_reader& reader, std::string_view name) : reader_(reader), name_(name) {}

  [[nodiscard]] std::string text(std::size_t least_bytes, std::size_t most_bytes);
  [[nodiscard]] std::string_view bytes();
  [[nodiscard]] protozero::pbf_reader message();
  [[nodiscard]] std::uint64_t number(Range range);
  [[nodiscard]] bool boolean() { return number({0, 1}) != 0; }

  // A repeated number, packed or not: calls `take` with each.
  template <typename Take>
  void numbers(Range range, Take&& take) {
    if (reader_.wire_type() != protozero::pbf_wire_type::length_delimited) return take(number(range));
    for (const std::uint64_t value : reader_.get_packed_uint64()) take(checked(value, range));
  }

 private:
  void expect(protozero::pbf_wire_type type) const;
  [[nodiscard]] std::uint64_t checked(std::uint64_t value, Range range) const;

  protozero::pbf_reader& reader_;
  std::string_view name_;
};

}  // namespace podwire::tap
