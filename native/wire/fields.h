// Strings, addresses and messages that may be empty, on top of protozero's builder: for what is written once a batch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <protozero/pbf_builder.hpp>
#include <protozero/varint.hpp>
#include <string>

#include "podwire_fields.h"
#include "tcp/segment.h"
#include "wire/text.h"

namespace podwire::wire {

// Returns the end of what it wrote, as does the other that takes a pointer.
inline char* write_varint(char* out, std::uint64_t value) { return out + protozero::add_varint_to_buffer(out, value); }

// Tag and length of a length-delimited field.
template <typename Field>
char* write_length(char* out, Field field, std::size_t bytes) {
  constexpr auto kType = static_cast<std::uint64_t>(protozero::pbf_wire_type::length_delimited);
  return write_varint(write_varint(out, static_cast<std::uint64_t>(field) << 3U | kType), bytes);
}

// Of which `bytes` bytes have to follow.
template <typename Field>
void append_length(std::string& out, Field field, std::size_t bytes) {
  std::array<char, 2 * protozero::max_varint_length> head;
  out.append(head.data(), write_length(head.data(), field, bytes));
}

template <typename Field>
void append_text(std::string& out, Field field, const Text& text) {
  append_length(out, field, text.size());
  text.append_to(out);
}

template <typename Field>
void add_address(protozero::pbf_builder<Field>& message, Field field, const tcp::Address& address) {
  const auto octets = address.octets();
  message.add_bytes(field, reinterpret_cast<const char*>(octets.data()), octets.size());
}

// protozero leaves out a message in which nothing was written; here its presence tells something.
template <typename Inner, typename Outer, typename Write>
void add_present_message(std::string& out, protozero::pbf_builder<Outer>& outer, Outer field, Write&& write) {
  const std::size_t before = out.size();
  {
    protozero::pbf_builder<Inner> inner{outer, field};
    write(inner);
  }
  if (out.size() == before) append_length(out, field, 0);
}

}  // namespace podwire::wire
