#include "exchange/exchange_record.h"

#include "http1/character_class.h"

namespace podwire::exchange {

const StoredField* StoredSection::find(std::string_view name) const {
  constexpr char kToLowerCase = 0x20;
  for (const StoredField& field : fields) {
    if (field.name_length != name.size() || (bytes[field.name_offset] | kToLowerCase) != name.front()) continue;
    if (http1::equals_ignoring_case(field.name(bytes), name)) return &field;
  }
  return nullptr;
}

}  // namespace podwire::exchange
