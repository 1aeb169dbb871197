#include "wire/header_writer.h"

#include <cstring>

#include "podwire_fields.h"
#include "wire/header_lookup.h"
#include "wire/message_writer.h"
#include "wire/text.h"

namespace podwire::wire {
namespace {

constexpr std::size_t kTagBytes = 1;
constexpr std::size_t kMaxIndexBytes = 5;  // a varint of 32 bits
constexpr std::size_t kFlagBytes = kTagBytes + 1;
constexpr char kNameTag = tag_of<HeaderField::name_>();
constexpr char kValueTag = tag_of<HeaderField::value_>();

std::size_t text_bytes(std::size_t size) { return kTagBytes + varint_length(size) + size; }

// Tag and length of a message Header and its field `name`. All of the entry is copied, which takes a fixed time: its
// room has to be there.
char* put_name(char* at, char tag, const HeaderName& name, std::size_t content_bytes) {
  const std::size_t name_bytes = std::size_t{2} + name.size;
  *at++ = tag;
  at = put_varint(at, name_bytes + content_bytes);
  std::memcpy(at, name.encoded.data(), name.encoded.size());
  return at + name_bytes;
}

constexpr std::size_t kMaxHeadBytes = kTagBytes + kMaxVarintBytes + sizeof(HeaderName::encoded);

char* put_text(char* at, char tag, const Text& text) {
  *at++ = tag;
  return text.write_to(put_varint(at, text.size()));
}

}  // namespace

HeadersSeen HeaderWriter::look_at(std::span<const exchange::HeaderField> headers) {
  return {find_header(headers, "content-type"), find_header(headers, "grpc-timeout") != nullptr};
}

HeadersSeen HeaderWriter::append_all(char tag, std::span<const exchange::HeaderField> headers) {
  HeadersSeen seen;
  for (const auto& header : headers) append_one(tag, header, out_, seen);
  return seen;
}

HeadersSeen HeaderWriter::append_all_shared(char tag, std::span<const exchange::HeaderField> headers) {
  HeadersSeen seen;
  char* const field = out_.room(kTagBytes + kMaxVarintBytes + headers.size() * kMaxIndexBytes);
  *field = tag;
  char* const begin = field + kTagBytes + 1;
  char* at = begin;
  for (const auto& header : headers) {
    const std::size_t entry = table_.size();
    append_one(HeaderTable::kEntryTag, header, table_.bytes(), seen);
    at = put_varint(at, table_.settle(entry));
  }
  const auto bytes = static_cast<std::size_t>(at - begin);
  const std::size_t length_bytes = varint_length(bytes);
  if (length_bytes > 1) std::memmove(field + kTagBytes + length_bytes, begin, bytes);
  out_.written_to(put_varint(field + kTagBytes, bytes) + bytes);
  return seen;
}

void HeaderWriter::append_one(char tag, const exchange::HeaderField& header, OutputBuffer& out, HeadersSeen& seen) {
  const HeaderName* name = names_.find(header.name);
  if (name != nullptr && name->role != HeaderRole::kNone) {
    if (name->role == HeaderRole::kGrpcTimeout) seen.grpc_timeout = true;
    if (name->role == HeaderRole::kContentType && seen.content_type == nullptr) seen.content_type = &header;
  }
  if (name != nullptr && append_usual(tag, header, *name, out)) return;
  append_unusual(tag, header, name, out);
}

// A short value that is shown as it is, which shows while it is copied: nearly all are. All lengths take one byte.
inline bool HeaderWriter::append_usual(char tag, const exchange::HeaderField& header, const HeaderName& name,
                                       OutputBuffer& out) {
  const std::string_view value = header.value;
  const std::size_t name_bytes = std::size_t{2} + name.size;
  const std::size_t bytes = name_bytes + 2 + value.size();
  if (bytes >= 0x80 || !header.known || header.never_indexed || !name.usually_shown) return false;
  if (begins_marked(value)) return false;
  char* at = out.room(kMaxHeadBytes + 2 + value.size());
  *at++ = tag;
  *at++ = static_cast<char>(bytes);
  std::memcpy(at, name.encoded.data(), name.encoded.size());
  at += name_bytes;
  *at++ = kValueTag;
  *at++ = static_cast<char>(value.size());
  if (!plain_copy(at, value).plain()) return false;
  out.written_to(at + value.size());
  return true;
}

void HeaderWriter::append_unusual(char tag, const exchange::HeaderField& header, const HeaderName* name,
                                  OutputBuffer& out) {
  const Withheld why = header.known ? Withheld::kRedacted : Withheld::kUnknown;
  if (name == nullptr) {
    std::optional<std::string_view> shown;
    if (header.known) shown = redaction_ == nullptr ? header.value : redaction_->header(header, scratch_);
    return append_texts(tag, header.name, shown, why, out);
  }
  const auto shown = shown_value(header, *name);
  if (!shown) return append_withheld(tag, *name, why, out);
  append_shown(tag, *name, *shown, out);
}

std::optional<std::string_view> HeaderWriter::shown_value(const exchange::HeaderField& header, const HeaderName& name) {
  if (!header.known) return std::nullopt;
  if (redaction_ == nullptr) return header.value;
  return redaction_->header(name.rule, header, scratch_);
}

void HeaderWriter::append_shown(char tag, const HeaderName& name, std::string_view value, OutputBuffer& out) {
  char* at = out.room(kMaxHeadBytes + kTagBytes + kMaxVarintBytes + value.size());
  at = put_name(at, tag, name, text_bytes(value.size()));
  *at++ = kValueTag;
  at = put_varint(at, value.size());
  if (!plain_copy(at, value).ascii()) return append_texts(tag, name.name(), value, Withheld::kRedacted, out);
  out.written_to(at + value.size());
}

void HeaderWriter::append_withheld(char tag, const HeaderName& name, Withheld why, OutputBuffer& out) {
  char* at = put_name(out.room(kMaxHeadBytes + kFlagBytes), tag, name, kFlagBytes);
  at = why == Withheld::kUnknown ? put_number<HeaderField::unknown_>(at, 1) : put_number<HeaderField::redacted_>(at, 1);
  out.written_to(at);
}

void HeaderWriter::append_texts(char tag, std::string_view name, std::optional<std::string_view> value, Withheld why,
                                OutputBuffer& out) {
  const Text name_text(name);
  const Text value_text(value.value_or(std::string_view()));
  const std::size_t bytes = text_bytes(name_text.size()) + (value ? text_bytes(value_text.size()) : kFlagBytes);
  char* at = out.room(kTagBytes + kMaxVarintBytes + bytes);
  *at++ = tag;
  at = put_text(put_varint(at, bytes), kNameTag, name_text);
  if (value) {
    at = put_text(at, kValueTag, value_text);
  } else {
    at = why == Withheld::kUnknown ? put_number<HeaderField::unknown_>(at, 1)
                                   : put_number<HeaderField::redacted_>(at, 1);
  }
  out.written_to(at);
}

}  // namespace podwire::wire
