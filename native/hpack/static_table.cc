#include "hpack/static_table.h"

#include <algorithm>
#include <string_view>

namespace podwire::hpack {
namespace {

consteval StaticField field(std::string_view name, std::string_view value = "") {
  StaticField made;
  std::copy(name.begin(), name.end(), made.text.begin());
  std::copy(value.begin(), value.end(), made.text.begin() + name.size());
  made.name_length = static_cast<std::uint8_t>(name.size());
  made.value_length = static_cast<std::uint8_t>(value.size());
  return made;
}

}  // namespace

constinit const std::array<StaticField, kStaticFields> kStaticTable{{
    field(":authority"),
    field(":method", "GET"),
    field(":method", "POST"),
    field(":path", "/"),
    field(":path", "/index.html"),
    field(":scheme", "http"),
    field(":scheme", "https"),
    field(":status", "200"),
    field(":status", "204"),
    field(":status", "206"),
    field(":status", "304"),
    field(":status", "400"),
    field(":status", "404"),
    field(":status", "500"),
    field("accept-charset"),
    field("accept-encoding", "gzip, deflate"),
    field("accept-language"),
    field("accept-ranges"),
    field("accept"),
    field("access-control-allow-origin"),
    field("age"),
    field("allow"),
    field("authorization"),
    field("cache-control"),
    field("content-disposition"),
    field("content-encoding"),
    field("content-language"),
    field("content-length"),
    field("content-location"),
    field("content-range"),
    field("content-type"),
    field("cookie"),
    field("date"),
    field("etag"),
    field("expect"),
    field("expires"),
    field("from"),
    field("host"),
    field("if-match"),
    field("if-modified-since"),
    field("if-none-match"),
    field("if-range"),
    field("if-unmodified-since"),
    field("last-modified"),
    field("link"),
    field("location"),
    field("max-forwards"),
    field("proxy-authenticate"),
    field("proxy-authorization"),
    field("range"),
    field("referer"),
    field("refresh"),
    field("retry-after"),
    field("server"),
    field("set-cookie"),
    field("strict-transport-security"),
    field("transfer-encoding"),
    field("user-agent"),
    field("vary"),
    field("via"),
    field("www-authenticate"),
}};

}  // namespace podwire::hpack
