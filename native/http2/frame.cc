#include "http2/frame.h"

#include "http2/big_endian.h"
#include "http2/fixed_fields.h"
#include "http2/settings_payload.h"

namespace podwire::http2 {

FrameHeader parse_frame_header(std::string_view bytes) {
  return {.length = read_u24(bytes, 0),
          .type = static_cast<std::uint8_t>(bytes[3]),
          .flags = static_cast<std::uint8_t>(bytes[4]),
          .stream_id = read_u31(bytes, 5)};
}

bool is_well_formed(const FrameHeader& header) {
  if (header.type > static_cast<std::uint8_t>(FrameType::kContinuation)) return true;
  const bool on_connection = header.stream_id == 0;
  switch (static_cast<FrameType>(header.type)) {
    case FrameType::kData:
    case FrameType::kHeaders:
    case FrameType::kPushPromise:
    case FrameType::kContinuation:
      return !on_connection && header.length >= fixed_field_bytes(header);
    case FrameType::kPriority:
      return !on_connection && header.length == 5;
    case FrameType::kRstStream:
      return !on_connection && header.length == 4;
    case FrameType::kSettings:
      return on_connection && (header.has(kAck) ? header.length == 0 : header.length % kSettingBytes == 0);
    case FrameType::kPing:
      return on_connection && header.length == 8;
    case FrameType::kGoaway:
      return on_connection && header.length >= fixed_field_bytes(header);
    case FrameType::kWindowUpdate:
      return header.length == 4;
  }
  return true;
}

}  // namespace podwire::http2
