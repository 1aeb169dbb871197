// Appends fields to a list, up to its bounds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "hpack/decoder.h"
#include "hpack/dynamic_table.h"
#include "hpack/limits.h"
#include "hpack/static_table.h"

namespace podwire::hpack {

// The text of one field is written behind that of the last; then the field is added, or left out.
class ListWriter {
 public:
  explicit ListWriter(FieldList& list) : list_(list) {
    list_.fields.clear();
    list_.whole = true;
    // The string is shortened at the end only: making it longer writes zeros.
    if (list_.bytes.size() < kUsualListBytes) list_.bytes.resize(kUsualListBytes);
  }
  ~ListWriter() { list_.bytes.resize(added_); }
  ListWriter(const ListWriter&) = delete;
  ListWriter& operator=(const ListWriter&) = delete;

  // False once a field was left out: so is everything after it.
  [[nodiscard]] bool takes_fields() const { return list_.whole; }
  // Whether a field of so much text will be added. Otherwise the list takes no more.
  [[nodiscard]] bool admits(std::size_t text_bytes) {
    const bool fits = added_ + text_bytes <= kMaxListBytes && list_.fields.size() < kMaxFields;
    if (!fits) list_.whole = false;
    return list_.whole;
  }

  // Where `bytes` may be written, and kSlackBytes more. Moves the text before it.
  [[nodiscard]] char* room(std::size_t bytes) {
    const std::size_t needed = written_ + bytes + kSlackBytes;
    if (needed > list_.bytes.size()) list_.bytes.resize(std::max(needed, list_.bytes.size() * 2));
    return list_.bytes.data() + written_;
  }
  void wrote(std::size_t bytes) { written_ += bytes; }
  [[nodiscard]] std::size_t position() const { return written_; }
  [[nodiscard]] std::string_view text(std::size_t begin, std::size_t end) const {
    return {list_.bytes.data() + begin, end - begin};
  }

  // The field's text is what was written since the last call.
  void add(std::size_t name_length, bool name_known, bool value_known, bool never_indexed) {
    const std::size_t text_bytes = written_ - added_;
    if (name_length > kMaxNameBytes) list_.whole = false;
    if (!list_.whole || !admits(text_bytes)) {
      written_ = added_;
      return;
    }
    Field& field = list_.fields.emplace_back();
    field.name_offset = static_cast<std::uint32_t>(added_);
    field.value_offset = static_cast<std::uint32_t>(added_ + name_length);
    field.value_length = static_cast<std::uint32_t>(text_bytes - name_length);
    field.name_length = static_cast<std::uint16_t>(name_length);
    field.name_known = name_known;
    field.value_known = value_known;
    field.never_indexed = never_indexed;
    added_ = written_;
  }

 private:
  static constexpr std::size_t kUsualListBytes = 1'024;
  static constexpr std::size_t kSlackBytes = std::max(kTextSlackBytes, kStaticTextBytes);

  FieldList& list_;
  std::size_t added_ = 0;    // bytes of the list's fields
  std::size_t written_ = 0;  // and of the field in progress
};

}  // namespace podwire::hpack
