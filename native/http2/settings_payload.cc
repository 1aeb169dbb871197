#include "http2/settings_payload.h"

#include "http2/big_endian.h"

namespace podwire::http2 {

std::span<const Setting> parse_settings(std::string_view bytes, SettingsArray& settings) {
  const std::size_t count = bytes.size() / kSettingBytes;
  for (std::size_t i = 0; i < count; ++i) {
    settings[i] = {.id = read_u16(bytes, i * kSettingBytes), .value = read_u32(bytes, i * kSettingBytes + 2)};
  }
  return std::span<const Setting>(settings).first(count);
}

}  // namespace podwire::http2
