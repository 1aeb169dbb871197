// JavaScript values on their way to plain structs. Main thread.
#pragma once

#include <napi.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace podwire::addon {

// Becomes a TypeError; `what()` names the argument, what was expected and what came.
class ArgumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A JavaScript exception is already on its way: a getter or a callback threw it.
class PendingException {};

// A value and the name under which messages speak of it. Methods that are no question throw ArgumentError when the
// value is not what is asked for, and PendingException.
class Argument {
 public:
  Argument(Napi::Value value, std::string name) : value_(value), name_(std::move(name)) {}

  // Undefined or null.
  [[nodiscard]] bool is_absent() const { return value_.IsUndefined() || value_.IsNull(); }
  [[nodiscard]] bool is_function() const { return value_.IsFunction(); }
  // Of an object; absent when it has none of that name.
  [[nodiscard]] Argument property(const char* name) const;
  [[nodiscard]] std::vector<Argument> elements() const;
  [[nodiscard]] std::string text() const;
  // An index into `choices`.
  [[nodiscard]] std::size_t one_of(std::initializer_list<std::string_view> choices) const;
  [[nodiscard]] std::uint32_t integer(std::uint32_t min, std::uint32_t max) const;
  [[nodiscard]] bool boolean() const;
  // Of a Uint8Array; copied.
  [[nodiscard]] std::string bytes() const;
  [[nodiscard]] Napi::Function function() const;
  [[nodiscard]] Napi::Object object() const;

  [[noreturn]] void fail(std::string_view expected) const;

 private:
  [[nodiscard]] std::string description() const;

  Napi::Value value_;
  std::string name_;
};

}  // namespace podwire::addon
