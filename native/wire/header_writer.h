// The messages Header of one exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exchange/exchange.h"
#include "wire/header_names.h"
#include "wire/output_buffer.h"
#include "wire/redaction.h"

namespace podwire::wire {

// What showed while headers were written.
struct HeadersSeen {
  const exchange::HeaderField* content_type = nullptr;  // the first
  bool grpc_timeout = false;
};

class HeaderWriter {
 public:
  // `redaction`: null: everything is shown.
  HeaderWriter(HeaderNames& names, const Redaction* redaction, std::string& scratch, OutputBuffer& out)
      : names_(names), redaction_(redaction), scratch_(scratch), out_(out) {
    names_.use(redaction);
  }

  // One field of that tag for each header.
  HeadersSeen append(char tag, std::span<const exchange::HeaderField> headers) {
    return headers.empty() ? HeadersSeen{} : append_all(tag, headers);
  }

  // What `append` would return, without writing anything.
  [[nodiscard]] static HeadersSeen look_at(std::span<const exchange::HeaderField> headers);

 private:
  HeadersSeen append_all(char tag, std::span<const exchange::HeaderField> headers);
  // False: it is none of the usual ones, and nothing was written.
  bool append_usual(char tag, const exchange::HeaderField& header, const HeaderName& name);

  // The content of a header whose value is not shown.
  enum class Withheld : std::uint8_t { kRedacted, kUnknown };

  // Any other; null: the name is none that is kept.
  void append_unusual(char tag, const exchange::HeaderField& header, const HeaderName* name);
  [[nodiscard]] std::optional<std::string_view> shown_value(const exchange::HeaderField& header,
                                                            const HeaderName& name);
  void append_shown(char tag, const HeaderName& name, std::string_view value);
  void append_withheld(char tag, const HeaderName& name, Withheld why);
  // Of a name that is not kept, or a value that is not ASCII.
  void append_texts(char tag, std::string_view name, std::optional<std::string_view> value, Withheld why);

  HeaderNames& names_;
  const Redaction* redaction_;
  std::string& scratch_;
  OutputBuffer& out_;
};

}  // namespace podwire::wire
