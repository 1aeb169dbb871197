// Frames of HTTP/2: RFC 9113, sections 4 and 6.
#pragma once

#include <cstdint>
#include <string_view>

#include "http2/limits.h"

namespace podwire::http2 {

enum class FrameType : std::uint8_t {
  kData = 0x0,
  kHeaders = 0x1,
  kPriority = 0x2,
  kRstStream = 0x3,
  kSettings = 0x4,
  kPushPromise = 0x5,
  kPing = 0x6,
  kGoaway = 0x7,
  kWindowUpdate = 0x8,
  kContinuation = 0x9,
};

inline constexpr std::uint8_t kEndStream = 0x1;      // DATA, HEADERS
inline constexpr std::uint8_t kAck = 0x1;            // SETTINGS, PING
inline constexpr std::uint8_t kEndHeaders = 0x4;     // HEADERS, PUSH_PROMISE, CONTINUATION
inline constexpr std::uint8_t kPadded = 0x8;         // DATA, HEADERS, PUSH_PROMISE
inline constexpr std::uint8_t kPriorityFlag = 0x20;  // HEADERS

// RFC 9113, section 3.4.
inline constexpr std::string_view kConnectionPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum class SettingId : std::uint16_t {
  kHeaderTableSize = 0x1,
  kEnablePush = 0x2,
  kMaxConcurrentStreams = 0x3,
  kInitialWindowSize = 0x4,
  kMaxFrameSize = 0x5,
  kMaxHeaderListSize = 0x6,
  kEnableConnectProtocol = 0x8,  // RFC 8441, section 3
};

struct Setting {
  std::uint16_t id = 0;
  std::uint32_t value = 0;
};

struct FrameHeader {
  std::uint32_t length = 0;  // of the payload
  std::uint8_t type = 0;     // a FrameType, or one that is to be passed over (section 5.5)
  std::uint8_t flags = 0;
  std::uint32_t stream_id = 0;  // without the reserved bit

  [[nodiscard]] bool is(FrameType one) const { return type == static_cast<std::uint8_t>(one); }
  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

// `bytes` holds at least kFrameHeaderBytes.
[[nodiscard]] FrameHeader parse_frame_header(std::string_view bytes);

// Length and stream identifier as the frame's type demands (section 6); any that is not known is well formed.
[[nodiscard]] bool is_well_formed(const FrameHeader& header);

}  // namespace podwire::http2
