// nghttp2's encoder and decoder, as a second opinion.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace podwire::test {

struct Header {
  std::string name;
  std::string value;
  bool never_indexed = false;
  bool operator==(const Header&) const = default;
};

class Nghttp2Encoder {
 public:
  explicit Nghttp2Encoder(std::size_t max_table_bytes) {
    nghttp2_hd_deflater* made = nullptr;
    if (nghttp2_hd_deflate_new(&made, max_table_bytes) != 0) throw std::runtime_error("nghttp2_hd_deflate_new");
    deflater_.reset(made);
  }

  // The next block begins with the size update.
  void change_table_size(std::size_t bytes) {
    if (nghttp2_hd_deflate_change_table_size(deflater_.get(), bytes) != 0)
      throw std::runtime_error("change_table_size");
  }

  std::string encode(const std::vector<Header>& headers) {
    std::vector<nghttp2_nv> fields;
    for (const Header& header : headers) {
      const std::uint8_t flags = header.never_indexed ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
      fields.push_back({octets(header.name), octets(header.value), header.name.size(), header.value.size(), flags});
    }
    std::string block(nghttp2_hd_deflate_bound(deflater_.get(), fields.data(), fields.size()), '\0');
    const auto size = nghttp2_hd_deflate_hd(deflater_.get(), octets(block), block.size(), fields.data(), fields.size());
    if (size < 0) throw std::runtime_error(nghttp2_strerror(static_cast<int>(size)));
    block.resize(static_cast<std::size_t>(size));
    return block;
  }

 private:
  static std::uint8_t* octets(const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  }
  struct Delete {
    void operator()(nghttp2_hd_deflater* deflater) const { nghttp2_hd_deflate_del(deflater); }
  };
  std::unique_ptr<nghttp2_hd_deflater, Delete> deflater_;
};

class Nghttp2Decoder {
 public:
  Nghttp2Decoder() {
    nghttp2_hd_inflater* made = nullptr;
    if (nghttp2_hd_inflate_new(&made) != 0) throw std::runtime_error("nghttp2_hd_inflate_new");
    inflater_.reset(made);
  }

  void limit_table(std::size_t bytes) {
    if (nghttp2_hd_inflate_change_table_size(inflater_.get(), bytes) != 0)
      throw std::runtime_error("change_table_size");
  }

  // Nothing: malformed, and the decoder cannot be used any more.
  std::optional<std::vector<Header>> decode(std::string_view block) {
    std::vector<Header> headers;
    const auto* next = reinterpret_cast<const std::uint8_t*>(block.data());
    std::size_t left = block.size();
    for (;;) {
      nghttp2_nv field{};
      int flags = 0;
      const auto read = nghttp2_hd_inflate_hd2(inflater_.get(), &field, &flags, next, left, 1);
      if (read < 0) return std::nullopt;
      next += read;
      left -= static_cast<std::size_t>(read);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
        headers.push_back({std::string(reinterpret_cast<const char*>(field.name), field.namelen),
                           std::string(reinterpret_cast<const char*>(field.value), field.valuelen),
                           (field.flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0});
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_.get());
    return headers;
  }

 private:
  struct Delete {
    void operator()(nghttp2_hd_inflater* inflater) const { nghttp2_hd_inflate_del(inflater); }
  };
  std::unique_ptr<nghttp2_hd_inflater, Delete> inflater_;
};

}  // namespace podwire::test
