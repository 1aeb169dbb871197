#include "http2/frame_evidence.h"

#include <algorithm>
#include <array>

#include "http2/big_endian.h"
#include "http2/connection_error.h"
#include "http2/field_block_shape.h"
#include "http2/fixed_fields.h"
#include "http2/settings_payload.h"

namespace podwire::http2 {
namespace {

constexpr int kMinimum = -12;
constexpr int kUndefinedFlags = -8;
constexpr int kReservedBit = -8;
constexpr int kLongFrame = -12;
constexpr int kUnknownType = -12;
constexpr int kSmallStreamId = 4;
constexpr int kGoodPayload = 8;
constexpr int kOddPayload = -8;

struct TypeEvidence {
  std::uint8_t defined_flags;
  int bits;
};
// By type. DATA matches most easily: zeros and a small number do. The sharper a length is prescribed, the more a match
// tells.
constexpr std::array<TypeEvidence, 10> kTypes = {{
    {kEndStream | kPadded, 16},                                // DATA
    {kEndStream | kEndHeaders | kPadded | kPriorityFlag, 24},  // HEADERS
    {0, 24},                                                   // PRIORITY
    {0, 28},                                                   // RST_STREAM
    {kAck, 32},                                                // SETTINGS
    {kEndHeaders | kPadded, 20},                               // PUSH_PROMISE
    {kAck, 40},                                                // PING
    {0, 32},                                                   // GOAWAY
    {0, 28},                                                   // WINDOW_UPDATE
    {kEndHeaders, 28},                                         // CONTINUATION, of the stream that it has to be of
}};

// ALTSVC (RFC 7838), ORIGIN (RFC 8336), PRIORITY_UPDATE (RFC 9218), and what senders make up so that receivers keep
// passing over what they do not know.
bool is_registered(std::uint8_t type) {
  constexpr std::uint8_t kGreaseBegin = 0x0b;
  constexpr std::uint8_t kGreaseStep = 0x1f;
  return type == 0xa || type == 0xc || type == 0x10 ||
         (type >= kGreaseBegin && (type - kGreaseBegin) % kGreaseStep == 0);
}

bool is_known_error(std::uint32_t code) { return code <= 0xd; }  // section 7

bool is_known_setting(std::uint16_t id) { return (id >= 0x1 && id <= 0x6) || id == 0x8 || id == 0x9; }

int header_bits(const FrameHeader& header) {
  if (header.type >= kTypes.size()) return is_registered(header.type) ? 0 : kUnknownType;
  if (header.length == 0 && header.stream_id != 0) return 0;  // nothing but zeros and two small numbers
  const TypeEvidence& type = kTypes[header.type];
  return type.bits + ((header.flags & ~type.defined_flags) != 0 ? kUndefinedFlags : 0);
}

std::optional<int> block_evidence(const FrameHeader& header, std::string_view payload) {
  const std::uint32_t fixed = fixed_field_bytes(header);
  const std::string_view fragment = payload.substr(fixed, payload.size() - fixed - pad_length(header, payload));
  const bool whole = header.has(kEndHeaders);
  if (!could_be_field_block(fragment, whole)) return std::nullopt;
  if (fragment.empty()) return kOddPayload;
  return whole ? kGoodPayload : 0;
}

std::optional<int> settings_evidence(std::string_view payload, Sender sender) {
  SettingsArray array;
  const auto settings = parse_settings(payload, array);
  if (is_connection_error(settings, sender)) return std::nullopt;
  const bool known = std::all_of(settings.begin(), settings.end(),
                                 [](const Setting& setting) { return is_known_setting(setting.id); });
  return known ? kGoodPayload : 0;
}

}  // namespace

std::optional<int> header_evidence(std::string_view bytes, Sender sender) {
  const FrameHeader header = parse_frame_header(bytes);
  if (is_connection_error(header, sender) || !is_well_formed(header)) return std::nullopt;
  int bits = header_bits(header);
  if ((octet(bytes, 5) & 0x80U) != 0) bits += kReservedBit;
  if (header.length > kDefaultMaxFrameBytes) bits += kLongFrame;
  if (header.stream_id != 0 && header.stream_id < 0x1'0000) bits += kSmallStreamId;
  if (bits < kMinimum) return std::nullopt;
  return bits;
}

bool payload_tells(const FrameHeader& header) {
  if (header.type >= kTypes.size() || header.length > kDefaultMaxFrameBytes) return false;
  if (header.is(FrameType::kData)) return header.has(kPadded);
  if (header.is(FrameType::kSettings)) return header.length <= kMaxControlBytes;
  return !header.is(FrameType::kPriority) && !header.is(FrameType::kPing) && !header.is(FrameType::kContinuation);
}

std::optional<int> payload_evidence(const FrameHeader& header, std::string_view payload, Sender sender) {
  if (is_connection_error(header, payload)) return std::nullopt;
  switch (static_cast<FrameType>(header.type)) {
    case FrameType::kHeaders:
    case FrameType::kPushPromise:
      return block_evidence(header, payload);
    case FrameType::kSettings:
      return settings_evidence(payload, sender);
    case FrameType::kRstStream:
      return is_known_error(read_u32(payload, 0)) ? kGoodPayload : kOddPayload;
    case FrameType::kGoaway:
      return is_known_error(read_u32(payload, 4)) ? kGoodPayload : kOddPayload;
    case FrameType::kWindowUpdate: {
      const std::uint32_t increment = read_u32(payload, 0);  // the reserved bit makes it too large
      return increment != 0 && increment <= 0x7fff'ffffU ? kGoodPayload : kOddPayload;
    }
    case FrameType::kData:
    case FrameType::kPriority:
    case FrameType::kPing:
    case FrameType::kContinuation:
      break;
  }
  return 0;
}

}  // namespace podwire::http2
