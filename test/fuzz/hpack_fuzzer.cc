// Header blocks of one direction, for decoders that see all of them, begin late, miss one, or have little memory.
#include <array>
#include <string>
#include <vector>

#include "fuzz_input.h"
#include "hpack/decoder.h"
#include "hpack_literals.h"
#include "property.h"

namespace podwire::fuzz {
namespace {

constexpr std::size_t kAmpleBytes = std::size_t{16} << 20U;
constexpr std::size_t kScarceBytes = 256;

// Layout: begin of the late one (u8), the block that is missed (u8), two bytes that say nothing, then blocks: length
// (u16), bytes.
struct Connection {
  std::size_t late = 0;
  std::size_t missed = 0;
  std::vector<std::string> blocks;  // of their own exact size

  explicit Connection(FuzzInput& input) : late(input.byte() % 16U), missed(input.byte() % 16U) {
    static_cast<void>(input.u16());
    while (!input.empty()) {
      const std::uint16_t size = input.u16();
      blocks.emplace_back(input.bytes(size));
    }
  }
};

struct Decoded {
  bool well_formed = false;
  hpack::FieldList list;
};

class Reader {
 public:
  Reader(bool table_whole, std::size_t memory_bytes)
      : memory_bytes_(memory_bytes), memory_(memory_bytes), decoder_(table_whole, memory_) {}

  Decoded decode(const std::string& block) {
    // Of its own exact size, so that a read beyond it is seen.
    const std::vector<char> exact(block.begin(), block.end());
    Decoded decoded;
    decoded.well_formed = decoder_.decode({exact.data(), exact.size()}, decoded.list);
    require(memory_.used() <= memory_bytes_, "tables keep to their bound");
    require(decoder_.table_bytes() <= memory_bytes_, "a table keeps to the bound of all");
    require(decoded.list.bytes.size() <= hpack::kMaxListBytes && decoded.list.fields.size() <= hpack::kMaxFields,
            "a list keeps to its bounds");
    for (const hpack::Field& field : decoded.list.fields) {
      require(std::size_t{field.name_offset} + field.name_length <= decoded.list.bytes.size() &&
                  std::size_t{field.value_offset} + field.value_length <= decoded.list.bytes.size(),
              "a field lies within its list");
      require(field.name_known || field.name_length == 0, "an unknown name is empty");
      require(field.value_known || field.value_length == 0, "an unknown value is empty");
    }
    return decoded;
  }
  void lose_table() { decoder_.lose_table(); }
  [[nodiscard]] bool table_whole() const { return decoder_.table_whole(); }
  [[nodiscard]] std::uint64_t forgotten_entries() const { return memory_.forgotten_entries(); }

 private:
  std::size_t memory_bytes_;
  hpack::TableMemory memory_;
  hpack::Decoder decoder_;
};

// Whatever is known is what the decoder that saw all has.
void check_sound(const Decoded& all, const Decoded& part, bool part_whole) {
  require(part.well_formed, "what a decoder of all blocks reads, one of fewer reads");
  if (!all.list.whole) return;
  require(part.list.whole && part.list.fields.size() == all.list.fields.size(), "all have the same number of fields");
  for (std::size_t i = 0; i < all.list.fields.size(); ++i) {
    const hpack::Field& whole = all.list.fields[i];
    const hpack::Field& field = part.list.fields[i];
    require(field.never_indexed == whole.never_indexed, "never indexed is of the block, not of the table");
    if (field.name_known) {
      require(whole.name_known, "only what was seen is known");
      require_same(part.list.name(field), all.list.name(whole), "a known name is exact");
    }
    if (field.value_known) {
      require(whole.value_known, "only what was seen is known");
      require_same(part.list.value(field), all.list.value(whole), "a known value is exact");
    }
    require(!part_whole || (field.name_known && field.value_known), "of a whole table everything is known");
  }
}

void check_decoders(const Connection& connection) {
  Reader all(true, kAmpleBytes);
  Reader late(false, kAmpleBytes);
  Reader missing(true, kAmpleBytes);
  Reader scarce(true, kScarceBytes);
  bool comparable = true;
  for (std::size_t i = 0; i < connection.blocks.size(); ++i) {
    const std::string& block = connection.blocks[i];
    const auto part = [&](Reader& reader, const Decoded& whole) {
      const bool was_whole = reader.table_whole();
      const std::uint64_t forgotten = reader.forgotten_entries();
      const Decoded decoded = reader.decode(block);
      // Within a block, what was forgotten may be evicted, which makes the table whole again.
      const bool stayed_whole = was_whole && reader.table_whole() && reader.forgotten_entries() == forgotten;
      if (comparable) check_sound(whole, decoded, stayed_whole);
    };
    const Decoded whole = all.decode(block);
    comparable = comparable && whole.well_formed;
    if (i >= connection.late) part(late, whole);
    if (i == connection.missed) {
      missing.lose_table();
    } else {
      part(missing, whole);
    }
    part(scarce, whole);
  }
}

std::string words_of(const hpack::FieldList& list, bool never_indexed) {
  std::string words;
  for (const hpack::Field& field : list.fields) {
    require(field.name_known && field.value_known, "literals are known");
    require(field.never_indexed == never_indexed, "never indexed is told");
    words.append(list.name(field)).append(": ").append(list.value(field)) += '\n';
  }
  return words;
}

// A list, encoded as literals of every kind, comes back; and again by reference to what it inserted.
void check_round_trip(const hpack::FieldList& list) {
  std::string expected;
  for (const hpack::Field& field : list.fields) {
    if (!field.name_known || !field.value_known) return;
    expected.append(list.name(field)).append(": ").append(list.value(field)) += '\n';
  }
  for (const Literal kind : {Literal::kIndexed, Literal::kNotIndexed, Literal::kNeverIndexed}) {
    for (const bool huffman : {false, true}) {
      std::string block;
      for (const hpack::Field& field : list.fields) {
        put_literal(block, kind, list.name(field), list.value(field), huffman);
      }
      Reader reader(true, kAmpleBytes);
      const Decoded decoded = reader.decode(block);
      require(decoded.well_formed && decoded.list.whole, "an encoded list is well formed");
      require_same(words_of(decoded.list, kind == Literal::kNeverIndexed), expected, "an encoded list comes back");
      if (kind != Literal::kIndexed) continue;

      std::string references;
      std::string referred;
      std::size_t table_bytes = 0;
      for (std::size_t age = 0; age < list.fields.size(); ++age) {
        const hpack::Field& field = list.fields[list.fields.size() - 1 - age];
        table_bytes += 32U + field.name_length + field.value_length;
        if (table_bytes > hpack::kInitialTableBytes) break;
        put_reference(references, age);
        referred.append(list.name(field)).append(": ").append(list.value(field)) += '\n';
      }
      const Decoded again = reader.decode(references);
      require(again.well_formed, "a reference to what was inserted is well formed");
      require_same(words_of(again.list, false), referred, "a reference is what was inserted");
    }
  }
}

}  // namespace
}  // namespace podwire::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podwire::fuzz;
  FuzzInput input(data, size);
  const Connection connection(input);
  check_decoders(connection);
  Reader reader(true, kAmpleBytes);
  for (std::size_t i = 0; i < connection.blocks.size() && i < 4; ++i) {
    const Decoded decoded = reader.decode(connection.blocks[i]);
    if (decoded.well_formed && decoded.list.whole) check_round_trip(decoded.list);
  }
  return 0;
}
