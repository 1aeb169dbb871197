#include "wire/message_writer.h"

#include "wire/text.h"

namespace podwire::wire {

void append_foreign_text(OutputBuffer& out, char tag, std::string_view bytes) {
  const Text text(bytes);
  char* at = out.room(1 + kMaxVarintBytes + text.size());
  *at++ = tag;
  at = put_varint(at, text.size());
  out.written_to(text.write_to(at));
}

void NestedMessage::end_moving(std::size_t bytes) {
  const std::size_t length_bytes = varint_length(bytes);
  if (length_bytes > kLengthBytes) static_cast<void>(out_.room(length_bytes - kLengthBytes));
  char* const length = out_.at(content_ - kLengthBytes);
  std::memmove(length + length_bytes, length + kLengthBytes, bytes);
  put_varint(length, bytes);
  out_.written_to(length + length_bytes + bytes);
}

}  // namespace podwire::wire
