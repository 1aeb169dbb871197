#include "addon/argument.h"

#include <cmath>

namespace podwire::addon {

Argument Argument::property(const char* name) const {
  const Napi::Value value = object().Get(name);
  if (value.Env().IsExceptionPending()) throw PendingException();
  return {value, name_ + "." + name};
}

std::vector<Argument> Argument::elements() const {
  if (!value_.IsArray()) fail("an array");
  const auto array = value_.As<Napi::Array>();
  std::vector<Argument> elements;
  for (std::uint32_t index = 0; index < array.Length(); ++index) {
    const Napi::Value element = array.Get(index);
    if (element.Env().IsExceptionPending()) throw PendingException();
    elements.emplace_back(element, name_ + "[" + std::to_string(index) + "]");
  }
  return elements;
}

std::string Argument::text() const {
  if (!value_.IsString()) fail("a string");
  return value_.As<Napi::String>().Utf8Value();
}

std::size_t Argument::one_of(std::initializer_list<std::string_view> choices) const {
  std::string expected;
  std::size_t index = 0;
  for (const std::string_view choice : choices) {
    if (value_.IsString() && text() == choice) return index;
    expected.append(index++ == 0 ? "'" : " or '").append(choice).append("'");
  }
  fail(expected);
}

std::uint32_t Argument::integer(std::uint32_t min, std::uint32_t max) const {
  const double number = value_.IsNumber() ? value_.As<Napi::Number>().DoubleValue() : std::nan("");
  // Written so that NaN fails.
  if (!(number >= min && number <= max) || std::trunc(number) != number) {
    fail("an integer from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return static_cast<std::uint32_t>(number);
}

bool Argument::boolean() const {
  if (!value_.IsBoolean()) fail("a boolean");
  return value_.As<Napi::Boolean>().Value();
}

std::string Argument::bytes() const {
  if (!value_.IsTypedArray() || value_.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    fail("a Uint8Array");
  }
  const auto array = value_.As<Napi::Uint8Array>();
  if (array.ByteLength() == 0) return {};
  return {reinterpret_cast<const char*>(array.Data()), array.ByteLength()};
}

Napi::Function Argument::function() const {
  if (!value_.IsFunction()) fail("a function");
  return value_.As<Napi::Function>();
}

Napi::Object Argument::object() const {
  if (!value_.IsObject()) fail("an object");
  return value_.As<Napi::Object>();
}

void Argument::fail(std::string_view expected) const {
  throw ArgumentError(name_ + ": expected " + std::string(expected) + ", " + description() + " came.");
}

// Without the content of strings and objects, which may be long or secret; a short string is shown.
std::string Argument::description() const {
  constexpr std::size_t kShownBytes = 40;
  switch (value_.Type()) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return value_.As<Napi::Boolean>().Value() ? "true" : "false";
    case napi_number:
      return value_.ToString().Utf8Value();
    case napi_string: {
      const std::string text = value_.As<Napi::String>().Utf8Value();
      return text.size() <= kShownBytes ? "'" + text + "'" : "a string of " + std::to_string(text.size()) + " bytes";
    }
    case napi_function:
      return "a function";
    case napi_symbol:
      return "a symbol";
    case napi_bigint:
      return "a bigint";
    default:
      return value_.IsArray() ? "an array" : "an object";
  }
}

}  // namespace podwire::addon
