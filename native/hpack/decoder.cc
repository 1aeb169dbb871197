#include "hpack/decoder.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "hpack/huffman.h"
#include "hpack/integer.h"
#include "hpack/list_writer.h"
#include "hpack/static_table.h"

namespace podwire::hpack {
namespace {

// Section 6: the bits that tell the representations apart.
constexpr std::uint8_t kIndexed = 0x80;              // 6.1
constexpr std::uint8_t kIncrementalIndexing = 0x40;  // 6.2.1
constexpr std::uint8_t kSizeUpdate = 0x20;           // 6.3
constexpr std::uint8_t kNeverIndexed = 0x10;         // 6.2.3; none of them: 6.2.2
constexpr std::uint8_t kHuffmanCoded = 0x80;         // 5.2

constexpr unsigned kIndexedPrefix = 7;
constexpr unsigned kIncrementalPrefix = 6;
constexpr unsigned kSizeUpdatePrefix = 5;
constexpr unsigned kLiteralPrefix = 4;
constexpr unsigned kStringPrefix = 7;

// Once the list is full, a longer name is not copied from one entry of the table to the next: a reference of one byte
// could cost a copy of the largest name each time. The new entry's name is then unknown.
constexpr std::size_t kMaxNameCopiedWhenFullBytes = 64;

std::uint8_t first_byte(std::string_view bytes) { return static_cast<std::uint8_t>(bytes.front()); }

}  // namespace

void FieldList::clear() {
  bytes.clear();
  fields.clear();
  whole = true;
}

// A header block while it is decoded. Its functions return false where it is malformed.
class Decoder::Block {
 public:
  Block(std::string_view bytes, Decoder& decoder, FieldList& out) : rest_(bytes), table_(decoder.table_), list_(out) {}

  bool decode() {
    // Section 4.2: only at the beginning.
    while (!rest_.empty() && (first_byte(rest_) & 0xe0U) == kSizeUpdate) {
      if (!size_update()) return false;
    }
    while (!rest_.empty()) {
      if (!field()) return false;
    }
    return true;
  }

 private:
  struct Name {
    std::size_t length = 0;
    bool known = true;
  };

  bool size_update() {
    std::uint32_t capacity = 0;
    if (!read_integer(rest_, kSizeUpdatePrefix, capacity)) return false;
    table_.set_capacity(capacity);
    return true;
  }

  bool field() {
    const std::uint8_t first = first_byte(rest_);
    if ((first & kIndexed) != 0) return indexed();
    if ((first & kIncrementalIndexing) != 0) return literal(kIncrementalPrefix, true, false);
    if ((first & kSizeUpdate) != 0) return false;
    return literal(kLiteralPrefix, false, (first & kNeverIndexed) != 0);
  }

  bool indexed() {
    std::uint32_t index = 0;
    if (!read_integer(rest_, kIndexedPrefix, index) || index == 0) return false;
    if (index <= kStaticFields) {
      const StaticField& entry = kStaticTable[index - 1];
      const std::size_t text_bytes = std::size_t{entry.name_length} + entry.value_length;
      if (!list_.takes_fields() || !list_.admits(text_bytes)) return true;
      std::memcpy(list_.room(text_bytes), entry.text.data(), kStaticTextBytes);
      list_.wrote(text_bytes);
      list_.add(entry.name_length, true, true, false);
      return true;
    }
    const DynamicTable::Entry* const entry = table_.find(index - kStaticFields - 1);
    if (entry == nullptr) {
      if (!table_.has_older()) return false;
      list_.add(0, false, false, false);
      return true;
    }
    const std::size_t text_bytes = std::size_t{entry->name_length} + entry->value_length;
    if (!list_.takes_fields() || !list_.admits(text_bytes)) return true;
    table_.copy_text(*entry, text_bytes, list_.room(text_bytes));
    list_.wrote(text_bytes);
    list_.add(entry->name_length, entry->name_known, true, false);
    return true;
  }

  bool literal(unsigned prefix_bits, bool insert, bool never_indexed) {
    std::uint32_t index = 0;
    if (!read_integer(rest_, prefix_bits, index)) return false;
    const std::size_t begin = list_.position();
    const std::optional<Name> name = index == 0 ? literal_name() : indexed_name(index);
    if (!name || !string()) return false;
    if (insert) {
      const std::size_t value_begin = begin + name->length;
      table_.insert(list_.text(begin, value_begin), name->known, list_.text(value_begin, list_.position()));
    }
    list_.add(name->length, name->known, true, never_indexed);
    return true;
  }

  std::optional<Name> literal_name() {
    const std::size_t begin = list_.position();
    if (!string()) return std::nullopt;
    return Name{list_.position() - begin, true};
  }

  std::optional<Name> indexed_name(std::uint32_t index) {
    if (index <= kStaticFields) {
      const StaticField& entry = kStaticTable[index - 1];
      std::memcpy(list_.room(entry.name_length), entry.text.data(), kStaticTextBytes);
      list_.wrote(entry.name_length);
      return Name{entry.name_length, true};
    }
    const DynamicTable::Entry* const entry = table_.find(index - kStaticFields - 1);
    if (entry == nullptr) {
      if (!table_.has_older()) return std::nullopt;
      return Name{0, false};
    }
    if (!list_.takes_fields() && entry->name_length > kMaxNameCopiedWhenFullBytes) return Name{0, false};
    table_.copy_text(*entry, entry->name_length, list_.room(entry->name_length));
    list_.wrote(entry->name_length);
    return Name{entry->name_length, entry->name_known};
  }

  // Section 5.2.
  bool string() {
    if (rest_.empty()) return false;
    const bool huffman_coded = (first_byte(rest_) & kHuffmanCoded) != 0;
    std::uint32_t length = 0;
    if (!read_integer(rest_, kStringPrefix, length) || length > rest_.size()) return false;
    const std::string_view literal = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (!huffman_coded) {
      if (length > 0) std::memcpy(list_.room(length), literal.data(), length);
      list_.wrote(length);
      return true;
    }
    const std::optional<std::size_t> decoded = decode_huffman(literal, list_.room(huffman_room(length)));
    if (!decoded) return false;
    list_.wrote(*decoded);
    return true;
  }

  std::string_view rest_;
  DynamicTable& table_;
  ListWriter list_;
};

Decoder::Decoder(bool table_whole, TableMemory& memory) : table_(table_whole, memory) {}

bool Decoder::decode(std::string_view block, FieldList& out) {
  const bool decoded = Block(block, *this, out).decode();
  if (!decoded) lose_table();
  return decoded;
}

void Decoder::lose_table() { table_.lose(); }

static_assert(sizeof(Decoder) <= 64, "two of them a connection");

}  // namespace podwire::hpack
