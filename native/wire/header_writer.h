// The messages Header of one exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exchange/exchange.h"
#include "wire/header_names.h"
#include "wire/header_table.h"
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
  // `redaction`: null: everything is shown. `table`: where headers are written that exchanges share.
  HeaderWriter(HeaderNames& names, const Redaction* redaction, std::string& scratch, OutputBuffer& out,
               HeaderTable& table)
      : names_(names), redaction_(redaction), scratch_(scratch), out_(out), table_(table) {
    names_.use(redaction);
  }

  // One field of that tag for each header.
  HeadersSeen append(char tag, std::span<const exchange::HeaderField> headers) {
    return headers.empty() ? HeadersSeen{} : append_all(tag, headers);
  }

  // One field of that tag for all: their indexes in the table.
  HeadersSeen append_shared(char tag, std::span<const exchange::HeaderField> headers) {
    return headers.empty() ? HeadersSeen{} : append_all_shared(tag, headers);
  }

  // What `append` would return, without writing anything.
  [[nodiscard]] static HeadersSeen look_at(std::span<const exchange::HeaderField> headers);

 private:
  HeadersSeen append_all(char tag, std::span<const exchange::HeaderField> headers);
  HeadersSeen append_all_shared(char tag, std::span<const exchange::HeaderField> headers);
  void append_one(char tag, const exchange::HeaderField& header, OutputBuffer& out, HeadersSeen& seen);
  // False: it is none of the usual ones, and nothing was written.
  bool append_usual(char tag, const exchange::HeaderField& header, const HeaderName& name, OutputBuffer& out);

  // The content of a header whose value is not shown.
  enum class Withheld : std::uint8_t { kRedacted, kUnknown };

  // Any other; null: the name is none that is kept.
  void append_unusual(char tag, const exchange::HeaderField& header, const HeaderName* name, OutputBuffer& out);
  [[nodiscard]] std::optional<std::string_view> shown_value(const exchange::HeaderField& header,
                                                            const HeaderName& name);
  static void append_shown(char tag, const HeaderName& name, std::string_view value, OutputBuffer& out);
  static void append_withheld(char tag, const HeaderName& name, Withheld why, OutputBuffer& out);
  // Of a name that is not kept, or a value that is not ASCII.
  static void append_texts(char tag, std::string_view name, std::optional<std::string_view> value, Withheld why,
                           OutputBuffer& out);

  HeaderNames& names_;
  const Redaction* redaction_;
  std::string& scratch_;
  OutputBuffer& out_;
  HeaderTable& table_;
};

}  // namespace podwire::wire
