#include "http2/connection_error.h"

#include <algorithm>

#include "http2/big_endian.h"
#include "http2/fixed_fields.h"

namespace podwire::http2 {
namespace {

constexpr std::uint32_t kMaxWindowBytes = 0x7fff'ffff;
constexpr std::uint32_t kMinMaxFrameBytes = 16'384;

bool is_even(std::uint32_t stream_id) { return stream_id % 2 == 0; }

bool is_out_of_bounds(const Setting& setting, Sender sender) {
  switch (static_cast<SettingId>(setting.id)) {
    case SettingId::kEnablePush:
      return setting.value > (sender == Sender::kServer ? 0U : 1U);
    case SettingId::kInitialWindowSize:
      return setting.value > kMaxWindowBytes;
    case SettingId::kMaxFrameSize:
      return setting.value < kMinMaxFrameBytes || setting.value > kMaxFrameBytes;
    case SettingId::kHeaderTableSize:
    case SettingId::kMaxConcurrentStreams:
    case SettingId::kMaxHeaderListSize:
    case SettingId::kEnableConnectProtocol:
      break;
  }
  return false;
}

}  // namespace

bool is_connection_error(const FrameHeader& header, Sender sender) {
  if (header.is(FrameType::kPriority)) return header.stream_id == 0;
  if (!is_well_formed(header)) return true;
  if (sender != Sender::kClient) return false;
  if (header.is(FrameType::kPushPromise)) return true;
  return (header.is(FrameType::kHeaders) || header.is(FrameType::kData)) && is_even(header.stream_id);
}

bool is_connection_error(const FrameHeader& header, std::string_view bytes) {
  if (pad_length(header, bytes) > header.length - fixed_field_bytes(header)) return true;
  if (header.is(FrameType::kPushPromise)) {
    const std::uint32_t promised = promised_stream_id(header, bytes);
    return promised == 0 || !is_even(promised);
  }
  return header.is(FrameType::kWindowUpdate) && header.stream_id == 0 && read_u31(bytes, 0) == 0;
}

bool is_stream_error(const FrameHeader& header, std::string_view bytes) {
  constexpr std::uint32_t kPriorityBytes = 5;
  if (header.is(FrameType::kPriority)) return header.length != kPriorityBytes;
  return header.is(FrameType::kWindowUpdate) && header.stream_id != 0 && read_u31(bytes, 0) == 0;
}

bool is_connection_error(std::span<const Setting> settings, Sender sender) {
  return std::any_of(settings.begin(), settings.end(),
                     [sender](const Setting& setting) { return is_out_of_bounds(setting, sender); });
}

}  // namespace podwire::http2
