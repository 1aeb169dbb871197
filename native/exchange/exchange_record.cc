#include "exchange/exchange_record.h"

#include "http1/character_class.h"

namespace podwire::exchange {

const StoredField* StoredSection::find(std::string_view name) const {
  for (const StoredField& field : fields) {
    if (field.name_length == name.size() && http1::equals_ignoring_case(field.name(bytes), name)) return &field;
  }
  return nullptr;
}

}  // namespace podwire::exchange
