#include "wire/exchange_encoder.h"

#include <cstddef>
#include <optional>
#include <string_view>

#include "podwire_fields.h"
#include "wire/grpc_status.h"
#include "wire/header_writer.h"
#include "wire/message_counts.h"
#include "wire/message_writer.h"
#include "wire/percent.h"
#include "wire/text.h"

namespace podwire::wire {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// Native enumerations without an "unspecified" begin at 0, those of the schema at 1.
template <typename Native>
constexpr std::int32_t after_unspecified(Native value) {
  return static_cast<std::int32_t>(value) + 1;
}
static_assert(after_unspecified(exchange::End::kOpen) == static_cast<std::int32_t>(End::END_OPEN));
static_assert(after_unspecified(exchange::End::kDetached) == static_cast<std::int32_t>(End::END_DETACHED));
static_assert(after_unspecified(exchange::Missing::kJoinedLate) ==
              static_cast<std::int32_t>(Missing::MISSING_JOINED_LATE));
static_assert(after_unspecified(exchange::Missing::kUnknownHeaders) ==
              static_cast<std::int32_t>(Missing::MISSING_UNKNOWN_HEADERS));
static_assert(after_unspecified(exchange::Missing::kHeadersTooLarge) ==
              static_cast<std::int32_t>(Missing::MISSING_HEADERS_TOO_LARGE));
static_assert(after_unspecified(exchange::Missing::kIdle) == static_cast<std::int32_t>(Missing::MISSING_IDLE));
static_assert(static_cast<std::int32_t>(exchange::Direction::kInternal) ==
              static_cast<std::int32_t>(Direction::DIRECTION_INTERNAL));
static_assert(static_cast<std::int32_t>(exchange::Protocol::kHttp2) ==
              static_cast<std::int32_t>(Protocol::PROTOCOL_HTTP_2));

// What the fields before the request and those after the response take at most.
constexpr std::size_t kMaxEndpointBytes = 2 * (2 + kMaxAddressBytes + kMaxNumberBytes);
constexpr std::size_t kMaxEndsBytes = 7 * kMaxNumberBytes + 2 * kMaxEndpointBytes;
constexpr std::size_t kMaxOutcomeBytes = 9 * kMaxNumberBytes + static_cast<std::size_t>(exchange::Missing::kCount);

template <auto field>
char* put_optional(char* at, std::optional<std::uint64_t> value) {
  return value ? put_number<field>(at, *value) : at;
}

char* put_id(char* at, std::uint64_t id) {
  at = put_length<ExchangeField::id_>(at, sizeof(id));
  for (unsigned shift = 64; shift > 0; shift -= 8) *at++ = static_cast<char>(id >> (shift - 8));
  return at;
}

char* put_start(char* at, std::int64_t start_ns) {
  std::int64_t seconds = start_ns / kNanosPerSecond;
  std::int64_t nanos = start_ns % kNanosPerSecond;
  if (nanos < 0) {
    nanos += kNanosPerSecond;
    --seconds;
  }
  at = put_number<ExchangeField::start_seconds_>(at, static_cast<std::uint64_t>(seconds));
  return put_number<ExchangeField::start_nanos_>(at, static_cast<std::uint64_t>(nanos));
}

// A message of less than 128 bytes, which `write` puts behind its length.
template <auto field, typename Write>
char* put_short_message(char* at, Write&& write) {
  char* const length = put_tag<field, WireType::kLengthDelimited>(at);
  char* const end = write(length + 1);
  *length = static_cast<char>(end - length - 1);
  return end;
}

template <auto field>
char* put_endpoint(char* at, const tcp::Endpoint& endpoint, const std::optional<tcp::Endpoint>& via = std::nullopt) {
  return put_short_message<field>(at, [&](char* inner) {
    inner = put_address<EndpointField::ip_>(inner, endpoint.address);
    inner = put_number<EndpointField::port_>(inner, endpoint.port);
    if (!via) return inner;
    return put_short_message<EndpointField::via_>(inner, [&](char* asked) {
      return put_number<ViaField::port_>(put_address<ViaField::ip_>(asked, via->address), via->port);
    });
  });
}

char* put_missing(char* at, exchange::MissingSet missing) {
  return put_short_message<ExchangeField::missing_>(at, [&](char* causes) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(exchange::Missing::kCount); ++i) {
      const auto cause = static_cast<exchange::Missing>(i);
      if (missing.has(cause)) causes = put_varint(causes, static_cast<std::uint64_t>(after_unspecified(cause)));
    }
    return causes;
  });
}

// Writes one exchange; lives as long as that takes.
class Writer {
 public:
  Writer(const EncodingRules& rules, HeaderNames& names, std::string& scratch, std::string& decoded, OutputBuffer& out,
         HeaderTable& table)
      : rules_(rules),
        scratch_(scratch),
        decoded_(decoded),
        out_(out),
        headers_(names, rules.redaction, scratch, out, table) {}

  void write(const exchange::ExchangeView& view) {
    NestedMessage message(out_, tag_of<TapBatchField::exchanges_>());
    append_ends(view);
    if (view.request != nullptr) append_request(*view.request);
    if (view.response != nullptr) append_response(*view.response);
    for (const auto& informational : view.informational) append_informational(informational);
    append_outcome(view);
    message.end();
  }

 private:
  void append_ends(const exchange::ExchangeView& view) {
    char* at = put_id(out_.room(kMaxEndsBytes), view.id);
    at = put_start(at, static_cast<std::int64_t>(view.start_monotime_ns +
                                                 static_cast<std::uint64_t>(rules_.wall_clock_offset_ns)));
    at = put_number<ExchangeField::direction_>(at, static_cast<std::uint64_t>(view.direction));
    at = put_endpoint<ExchangeField::source_>(at, view.source);
    at = put_endpoint<ExchangeField::destination_>(at, view.destination, view.via);
    at = put_number<ExchangeField::protocol_>(at, static_cast<std::uint64_t>(view.protocol));
    out_.written_to(put_optional<ExchangeField::stream_>(at, view.stream));
  }

  template <auto field>
  void append_optional_text(std::optional<std::string_view> text) {
    if (text) append_text(out_, tag_of<field>(), *text);
  }

  void append_request(const exchange::RequestView& request) {
    NestedMessage message(out_, tag_of<ExchangeField::request_>());
    const Redaction* redaction = rules_.redaction;
    append_optional_text<RequestField::method_>(request.method);
    append_optional_text<RequestField::scheme_>(request.scheme);
    if (const auto& authority = request.authority) {
      append_text(out_, tag_of<RequestField::authority_>(),
                  redaction == nullptr ? *authority : redaction->authority(*authority, scratch_));
    }
    if (const auto& path = request.path) {
      append_text(out_, tag_of<RequestField::path_>(), redaction == nullptr ? *path : redaction->path(*path, scratch_));
    }
    const HeadersSeen seen = append_headers<RequestField::headers_, RequestField::header_indexes_>(request.headers);
    append_headers<RequestField::trailers_, RequestField::trailer_indexes_>(request.trailers);
    append_sizes<RequestField::body_bytes_, RequestField::wire_bytes_>(request);
    append_body<RequestField::body_>(request.body);
    if (request.messages != nullptr) append_messages(out_, tag_of<RequestField::messages_>(), *request.messages);
    append_optional_text<RequestField::connect_protocol_>(request.connect_protocol);
    if (seen.grpc_timeout) append_number<RequestField::grpc_timeout_nanos_>(grpc_timeout_nanos(request));
    message.end();
  }

  void append_response(const exchange::ResponseView& response) {
    NestedMessage message(out_, tag_of<ExchangeField::response_>());
    append_number<ResponseField::status_>(response.status);
    append_optional_text<ResponseField::reason_>(response.reason);
    const HeadersSeen seen = append_headers<ResponseField::headers_, ResponseField::header_indexes_>(response.headers);
    append_headers<ResponseField::trailers_, ResponseField::trailer_indexes_>(response.trailers);
    append_sizes<ResponseField::body_bytes_, ResponseField::wire_bytes_>(response);
    append_body<ResponseField::body_>(response.body);
    if (seen.content_type != nullptr && may_be_grpc(seen.content_type->value)) append_grpc(grpc_status(response));
    if (response.messages != nullptr) append_messages(out_, tag_of<ResponseField::messages_>(), *response.messages);
    message.end();
  }

  template <auto field, auto indexes>
  HeadersSeen append_headers(std::span<const exchange::HeaderField> headers) {
    if (rules_.omit_headers) return headers_.look_at(headers);
    if (rules_.share_headers) return headers_.append_shared(tag_of<indexes>(), headers);
    return headers_.append(tag_of<field>(), headers);
  }

  template <auto field>
  void append_number(std::optional<std::uint64_t> value) {
    if (value) out_.written_to(put_number<field>(out_.room(kMaxNumberBytes), *value));
  }

  template <auto body_bytes, auto wire_bytes, typename Message>
  void append_sizes(const Message& message) {
    char* at = out_.room(2 * kMaxNumberBytes);
    at = put_optional<body_bytes>(at, message.body_bytes);
    out_.written_to(put_optional<wire_bytes>(at, message.wire_bytes));
  }

  void append_grpc(const std::optional<GrpcStatusView>& status) {
    if (!status) return;
    NestedMessage message(out_, tag_of<ResponseField::grpc_>());
    append_number<GrpcStatusField::code_>(status->code);
    if (!status->message.empty()) append_grpc_message(*status);
    message.end();
  }

  // Nothing of it is shown that the header would not show.
  void append_grpc_message(const GrpcStatusView& status) {
    decoded_.clear();
    append_percent_decoded(decoded_, status.message);
    if (!is_utf8(decoded_)) decoded_ = status.message;  // as gRPC over HTTP/2 has it of what cannot be decoded
    std::optional<std::string_view> shown = decoded_;
    if (rules_.redaction != nullptr) {
      const exchange::HeaderField header{.name = "grpc-message", .value = decoded_, .never_indexed = status.sensitive};
      shown = rules_.redaction->header(header, scratch_);
    }
    if (shown) append_text(out_, tag_of<GrpcStatusField::message_>(), *shown);
  }

  void append_informational(const exchange::InformationalView& informational) {
    NestedMessage message(out_, tag_of<ExchangeField::informational_>());
    append_number<InformationalField::status_>(informational.status);
    append_headers<InformationalField::headers_, InformationalField::header_indexes_>(informational.headers);
    message.end();
  }

  template <auto field>
  void append_body(const exchange::Body& body) {
    if (rules_.body_bytes == 0) return;
    const auto content = body.content.substr(0, rules_.body_bytes);
    const bool truncated = body.truncated || content.size() < body.content.size();
    if (content.empty() && !truncated) return;
    const std::size_t content_bytes = content.empty() ? 0 : 1 + varint_length(content.size()) + content.size();
    const std::size_t bytes = content_bytes + (truncated ? 2U : 0U);
    char* at = put_length<field>(out_.room(kMaxNumberBytes + bytes), bytes);
    if (!content.empty()) at = put_bytes(put_length<BodyField::content_>(at, content.size()), content);
    if (truncated) at = put_number<BodyField::truncated_>(at, 1);
    out_.written_to(at);
  }

  void append_outcome(const exchange::ExchangeView& view) {
    char* at = out_.room(kMaxOutcomeBytes);
    at = put_optional<ExchangeField::first_response_byte_nanos_>(at, view.first_response_byte_nanos);
    at = put_optional<ExchangeField::duration_nanos_>(at, view.duration_nanos);
    at = put_number<ExchangeField::end_>(at, static_cast<std::uint64_t>(after_unspecified(view.end)));
    if (view.reset) {
      at = put_short_message<ExchangeField::reset_>(at, [&](char* reset) {
        reset = put_number<StreamResetField::error_code_>(reset, view.reset->error_code);
        return put_number<StreamResetField::by_source_>(reset, view.reset->by_source ? 1 : 0);
      });
    }
    if (view.pushed) at = put_number<ExchangeField::pushed_>(at, 1);
    if (!view.missing.empty()) at = put_missing(at, view.missing);
    out_.written_to(at);
  }

  const EncodingRules& rules_;
  std::string& scratch_;
  std::string& decoded_;
  OutputBuffer& out_;
  HeaderWriter headers_;
};

}  // namespace

void ExchangeEncoder::append(const exchange::ExchangeView& view, const EncodingRules& rules, OutputBuffer& out) {
  Writer(rules, names_, scratch_, decoded_, out, table_).write(view);
}

}  // namespace podwire::wire
