// Bytes of the wire as protobuf strings, which have to be UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace podwire::wire {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view bytes);

// Valid UTF-8 stays as it is; anything else is read as ISO-8859-1 as a whole. Does not own the bytes.
class Text {
 public:
  explicit Text(std::string_view bytes);

  // Of what `write_to` writes.
  [[nodiscard]] std::size_t size() const { return size_; }
  // Returns the end of what it wrote.
  char* write_to(char* out) const;
  void append_to(std::string& out) const;

 private:
  std::string_view bytes_;
  std::size_t size_;  // differs from bytes_.size() only for ISO-8859-1
};

}  // namespace podwire::wire
