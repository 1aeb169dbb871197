#include "wire/header_names.h"

#include "podwire_fields.h"
#include "wire/ascii.h"
#include "wire/message_writer.h"

namespace podwire::wire {
namespace {

HeaderRole role_of(std::string_view name) {
  if (equals_ignoring_case(name, "content-type")) return HeaderRole::kContentType;
  if (equals_ignoring_case(name, "grpc-timeout")) return HeaderRole::kGrpcTimeout;
  return HeaderRole::kNone;
}

}  // namespace

HeaderNames::HeaderNames() : entries_(std::make_unique<std::array<HeaderName, kEntries>>()) {}

void HeaderNames::begin_with(const Redaction* redaction) {
  entries_->fill({});
  redaction_ = redaction;
}

HeaderName& HeaderNames::place_near(std::size_t home) {
  for (std::size_t step = 0; step < kProbes; ++step) {
    HeaderName& entry = (*entries_)[(home + step) % kEntries];
    if (entry.size == 0) return entry;
  }
  return (*entries_)[(home + replaced_++ % kProbes) % kEntries];
}

const HeaderName* HeaderNames::meet(std::size_t home, std::string_view name) {
  static_assert(HeaderName::kMaxBytes < 0x80);  // so that its length takes one byte
  std::array<char, HeaderName::kMaxBytes> copy;
  if (!plain_copy(copy.data(), name).ascii()) return nullptr;
  HeaderName& entry = place_near(home);
  entry.size = static_cast<std::uint8_t>(name.size());
  entry.role = role_of(name);
  entry.rule = redaction_ == nullptr ? NameRule{.values = NameRule::Values::kShown} : redaction_->name_rule(name);
  entry.usually_shown =
      entry.rule.values == NameRule::Values::kShownUnlessMarked || entry.rule.values == NameRule::Values::kShown;
  put_bytes(put_length<HeaderField::name_>(entry.encoded.data(), name.size()), name);
  return &entry;
}

}  // namespace podwire::wire
