#include "wire/exchange_buffer.h"

#include "wire/fields.h"

namespace podwire::wire {

void ExchangeBuffer::add(const exchange::ExchangeView& view, const EncodingRules& rules) {
  encoder_.append(view, rules, bytes_);
  addresses_.insert(view.source.address);
  addresses_.insert(view.destination.address);
  if (view.via) addresses_.insert(view.via->address);
  ++exchanges_;
}

void ExchangeBuffer::move_to(std::string& out) {
  out.append(bytes_.view());
  encoder_.table().move_to(out);
  protozero::pbf_builder<TapBatchField> batch{out};
  for (const auto& address : addresses_.addresses()) add_address(batch, TapBatchField::addresses_, address);
  bytes_.clear();
  exchanges_ = 0;
  addresses_.clear();
}

}  // namespace podwire::wire
