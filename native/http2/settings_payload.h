// The payload of SETTINGS (RFC 9113, section 6.5.1).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "http2/frame.h"
#include "http2/limits.h"

namespace podwire::http2 {

inline constexpr std::size_t kSettingBytes = 6;
// Told at once; a larger frame is told in several.
inline constexpr std::size_t kMaxSettingsAtOnce = kMaxControlBytes / kSettingBytes;

using SettingsArray = std::array<Setting, kMaxSettingsAtOnce>;

// `bytes`: a multiple of kSettingBytes, for at most kMaxSettingsAtOnce settings.
[[nodiscard]] std::span<const Setting> parse_settings(std::string_view bytes, SettingsArray& settings);

}  // namespace podwire::http2
