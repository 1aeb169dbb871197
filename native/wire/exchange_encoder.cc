#include "wire/exchange_encoder.h"

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "wire/fields.h"
#include "wire/grpc_status.h"
#include "wire/message_counts.h"
#include "wire/percent.h"

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

// Of the fields of Header and those that hold one, whose numbers are all below 16.
constexpr std::size_t kTagBytes = 1;
constexpr std::size_t kFlagBytes = kTagBytes + 1;

std::size_t text_bytes(const Text& text) { return kTagBytes + varint_bytes(text.size()) + text.size(); }

void write_flag(char* out, HeaderField field) { *write_varint(out, static_cast<std::uint64_t>(field) << 3U) = 1; }

// Writes one exchange; lives as long as that takes.
class Writer {
 public:
  Writer(const EncodingRules& rules, std::string& scratch, std::string& out)
      : rules_(rules), scratch_(scratch), out_(out) {}

  void write(const exchange::ExchangeView& view) {
    protozero::pbf_builder<TapBatchField> batch{out_};
    protozero::pbf_builder<ExchangeField> message{batch, TapBatchField::exchanges_};
    add_identity(message, view);
    add_ends(message, view);
    if (view.request != nullptr) {
      add_present_message<RequestField>(out_, message, ExchangeField::request_,
                                        [&](auto& request) { add_request(request, *view.request); });
    }
    if (view.response != nullptr) {
      add_present_message<ResponseField>(out_, message, ExchangeField::response_,
                                         [&](auto& response) { add_response(response, *view.response); });
    }
    for (const auto& informational : view.informational) add_informational(message, informational);
    add_outcome(message, view);
  }

 private:
  void add_identity(protozero::pbf_builder<ExchangeField>& message, const exchange::ExchangeView& view) {
    std::array<char, 8> id{};
    for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<char>(view.id >> (56U - 8U * i));
    message.add_bytes(ExchangeField::id_, id.data(), id.size());

    const auto start =
        static_cast<std::int64_t>(view.start_monotime_ns + static_cast<std::uint64_t>(rules_.wall_clock_offset_ns));
    std::int64_t seconds = start / kNanosPerSecond;
    std::int64_t nanos = start % kNanosPerSecond;
    if (nanos < 0) {
      nanos += kNanosPerSecond;
      --seconds;
    }
    message.add_int64(ExchangeField::start_seconds_, seconds);
    message.add_uint32(ExchangeField::start_nanos_, static_cast<std::uint32_t>(nanos));
  }

  void add_ends(protozero::pbf_builder<ExchangeField>& message, const exchange::ExchangeView& view) {
    message.add_enum(ExchangeField::direction_, static_cast<std::int32_t>(view.direction));
    add_endpoint(message, ExchangeField::source_, view.source);
    add_endpoint(message, ExchangeField::destination_, view.destination, view.via);
    message.add_enum(ExchangeField::protocol_, static_cast<std::int32_t>(view.protocol));
    if (view.stream) message.add_uint32(ExchangeField::stream_, *view.stream);
  }

  static void add_endpoint(protozero::pbf_builder<ExchangeField>& message, ExchangeField field,
                           const tcp::Endpoint& endpoint, const std::optional<tcp::Endpoint>& via = std::nullopt) {
    protozero::pbf_builder<EndpointField> inner{message, field};
    add_address(inner, EndpointField::ip_, endpoint.address);
    inner.add_uint32(EndpointField::port_, endpoint.port);
    if (!via) return;
    protozero::pbf_builder<ViaField> asked{inner, EndpointField::via_};
    add_address(asked, ViaField::ip_, via->address);
    asked.add_uint32(ViaField::port_, via->port);
  }

  void add_request(protozero::pbf_builder<RequestField>& message, const exchange::RequestView& request) {
    if (request.method) append_text(out_, RequestField::method_, Text(*request.method));
    if (request.scheme) append_text(out_, RequestField::scheme_, Text(*request.scheme));
    if (request.authority) {
      const auto shown =
          rules_.redaction == nullptr ? *request.authority : rules_.redaction->authority(*request.authority, scratch_);
      append_text(out_, RequestField::authority_, Text(shown));
    }
    if (request.path) {
      const auto shown = rules_.redaction == nullptr ? *request.path : rules_.redaction->path(*request.path, scratch_);
      append_text(out_, RequestField::path_, Text(shown));
    }
    add_headers(RequestField::headers_, request.headers);
    add_headers(RequestField::trailers_, request.trailers);
    if (request.body_bytes) message.add_uint64(RequestField::body_bytes_, *request.body_bytes);
    if (request.wire_bytes) message.add_uint64(RequestField::wire_bytes_, *request.wire_bytes);
    add_body(message, RequestField::body_, request.body);
    if (request.messages != nullptr) add_messages(out_, message, RequestField::messages_, *request.messages);
    if (request.connect_protocol) append_text(out_, RequestField::connect_protocol_, Text(*request.connect_protocol));
    if (const auto timeout = grpc_timeout_nanos(request)) {
      message.add_uint64(RequestField::grpc_timeout_nanos_, *timeout);
    }
  }

  void add_response(protozero::pbf_builder<ResponseField>& message, const exchange::ResponseView& response) {
    if (response.status) message.add_uint32(ResponseField::status_, *response.status);
    if (response.reason) append_text(out_, ResponseField::reason_, Text(*response.reason));
    add_headers(ResponseField::headers_, response.headers);
    add_headers(ResponseField::trailers_, response.trailers);
    if (response.body_bytes) message.add_uint64(ResponseField::body_bytes_, *response.body_bytes);
    if (response.wire_bytes) message.add_uint64(ResponseField::wire_bytes_, *response.wire_bytes);
    add_body(message, ResponseField::body_, response.body);
    if (const auto status = grpc_status(response)) add_grpc(message, *status);
    if (response.messages != nullptr) add_messages(out_, message, ResponseField::messages_, *response.messages);
  }

  void add_grpc(protozero::pbf_builder<ResponseField>& message, const GrpcStatusView& status) {
    protozero::pbf_builder<GrpcStatusField> inner{message, ResponseField::grpc_};
    inner.add_uint32(GrpcStatusField::code_, status.code);
    if (status.message.empty()) return;
    scratch_.clear();
    append_percent_decoded(scratch_, status.message);
    append_text(out_, GrpcStatusField::message_, Text(scratch_));
  }

  void add_informational(protozero::pbf_builder<ExchangeField>& message,
                         const exchange::InformationalView& informational) {
    protozero::pbf_builder<InformationalField> inner{message, ExchangeField::informational_};
    inner.add_uint32(InformationalField::status_, informational.status);
    add_headers(InformationalField::headers_, informational.headers);
  }

  template <typename Field>
  void add_headers(Field field, std::span<const exchange::HeaderField> headers) {
    for (const auto& header : headers) add_header(field, header);
  }

  // Headers are most of an exchange: their size is reckoned beforehand, so that nothing is moved and room made once.
  template <typename Field>
  void add_header(Field field, const exchange::HeaderField& header) {
    const Text name(header.name);
    const auto shown = shown_value(header);
    const Text value(shown.value_or(std::string_view()));
    const std::size_t content = shown ? text_bytes(value) : kFlagBytes;
    const std::size_t bytes = text_bytes(name) + content;

    const std::size_t before = out_.size();
    out_.resize(before + kTagBytes + varint_bytes(bytes) + bytes);
    char* at = write_length(out_.data() + before, field, bytes);
    at = write_text(at, HeaderField::name_, name);
    if (shown) {
      write_text(at, HeaderField::value_, value);
    } else {
      write_flag(at, header.known ? HeaderField::redacted_ : HeaderField::unknown_);
    }
  }

  std::optional<std::string_view> shown_value(const exchange::HeaderField& header) {
    if (!header.known) return std::nullopt;
    if (rules_.redaction == nullptr) return header.value;
    return rules_.redaction->header(header, scratch_);
  }

  template <typename Field>
  void add_body(protozero::pbf_builder<Field>& message, Field field, const exchange::Body& body) {
    if (rules_.body_bytes == 0) return;
    const auto content = body.content.substr(0, rules_.body_bytes);
    const bool truncated = body.truncated || content.size() < body.content.size();
    if (content.empty() && !truncated) return;
    protozero::pbf_builder<BodyField> inner{message, field};
    if (!content.empty()) inner.add_bytes(BodyField::content_, content.data(), content.size());
    if (truncated) inner.add_bool(BodyField::truncated_, true);
  }

  static void add_outcome(protozero::pbf_builder<ExchangeField>& message, const exchange::ExchangeView& view) {
    if (view.first_response_byte_nanos) {
      message.add_uint64(ExchangeField::first_response_byte_nanos_, *view.first_response_byte_nanos);
    }
    if (view.duration_nanos) message.add_uint64(ExchangeField::duration_nanos_, *view.duration_nanos);
    message.add_enum(ExchangeField::end_, after_unspecified(view.end));
    if (view.reset) {
      protozero::pbf_builder<StreamResetField> reset{message, ExchangeField::reset_};
      reset.add_uint32(StreamResetField::error_code_, view.reset->error_code);
      reset.add_bool(StreamResetField::by_source_, view.reset->by_source);
    }
    if (view.pushed) message.add_bool(ExchangeField::pushed_, true);
    if (view.missing.empty()) return;
    std::array<std::int32_t, static_cast<std::size_t>(exchange::Missing::kCount)> causes{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < causes.size(); ++i) {
      const auto cause = static_cast<exchange::Missing>(i);
      if (view.missing.has(cause)) causes[count++] = after_unspecified(cause);
    }
    message.add_packed_enum(ExchangeField::missing_, causes.begin(), causes.begin() + count);
  }

  const EncodingRules& rules_;
  std::string& scratch_;
  std::string& out_;
};

}  // namespace

void ExchangeEncoder::append(const exchange::ExchangeView& view, const EncodingRules& rules, std::string& out) {
  Writer(rules, scratch_, out).write(view);
}

}  // namespace podwire::wire
