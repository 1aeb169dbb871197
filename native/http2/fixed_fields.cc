#include "http2/fixed_fields.h"

#include "http2/big_endian.h"

namespace podwire::http2 {

std::uint32_t fixed_field_bytes(const FrameHeader& header) {
  if (header.type > static_cast<std::uint8_t>(FrameType::kContinuation)) return 0;
  const std::uint32_t pad_length_bytes = header.has(kPadded) ? 1 : 0;
  switch (static_cast<FrameType>(header.type)) {
    case FrameType::kData:
      return pad_length_bytes;
    case FrameType::kHeaders:
      return pad_length_bytes + (header.has(kPriorityFlag) ? 5 : 0);
    case FrameType::kPushPromise:
      return pad_length_bytes + 4;
    case FrameType::kRstStream:
    case FrameType::kWindowUpdate:
      return 4;
    case FrameType::kGoaway:
      return 8;
    case FrameType::kPriority:
    case FrameType::kSettings:
    case FrameType::kPing:
    case FrameType::kContinuation:
      break;
  }
  return 0;
}

std::uint8_t pad_length(const FrameHeader& header, std::string_view bytes) {
  const bool may_pad =
      header.is(FrameType::kData) || header.is(FrameType::kHeaders) || header.is(FrameType::kPushPromise);
  return may_pad && header.has(kPadded) ? static_cast<std::uint8_t>(bytes[0]) : std::uint8_t{0};
}

std::uint32_t promised_stream_id(const FrameHeader& header, std::string_view bytes) {
  return header.is(FrameType::kPushPromise) ? read_u31(bytes, header.has(kPadded) ? 1 : 0) : 0;
}

}  // namespace podwire::http2
