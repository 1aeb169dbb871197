// Finds the next byte that needs judging. The vector forms only skip ahead over bytes that need none; each has a
// scalar twin with the same answer. Nothing outside [floor, end) is touched.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace podwire::http1 {

// Each kind of byte that is looked for: `found` says it of one, or of sixteen at once.

// 0x00–0x1f.
struct ControlByte {
  static constexpr bool found(char c) { return static_cast<std::uint8_t>(c) < 0x20; }
#if defined(__SSE2__)
  static __m128i found(__m128i bytes) { return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes); }
#endif
};

struct Colon {
  static constexpr bool found(char c) { return c == ':'; }
#if defined(__SSE2__)
  static __m128i found(__m128i bytes) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')); }
#endif
};

// What cannot stand in a request target: 0x00–0x20 and 0x7f.
struct BeyondTarget {
  static constexpr bool found(char c) { return static_cast<std::uint8_t>(c) <= 0x20 || c == 0x7f; }
#if defined(__SSE2__)
  static __m128i found(__m128i bytes) {
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x20)), bytes);
    return _mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
  }
#endif
};

// All but letters, digits and the hyphen: of nearly all names and methods, what comes behind.
struct BeyondPlainName {
  static constexpr bool found(char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-');
  }
#if defined(__SSE2__)
  static __m128i found(__m128i bytes) {
    const __m128i lowered = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const __m128i plain = _mm_or_si128(_mm_or_si128(in_range(lowered, 'a', 'z'), in_range(bytes, '0', '9')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
    return _mm_cmpeq_epi8(plain, _mm_setzero_si128());
  }

 private:
  static __m128i in_range(__m128i bytes, char first, char last) {
    const __m128i distance = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(distance, _mm_set1_epi8(static_cast<char>(last - first))), distance);
  }
#endif
};

// First byte of [at, end) of that kind, or `end`.
template <typename Kind>
const char* find_scalar(const char* at, const char* end) {
  while (at != end && !Kind::found(*at)) ++at;
  return at;
}

#if defined(__SSE2__)
namespace detail {
template <typename Kind>
unsigned found_mask(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return static_cast<unsigned>(_mm_movemask_epi8(Kind::found(bytes)));
}
}  // namespace detail

// The last bytes are looked at together with those before them.
template <typename Kind>
const char* find_sse2(const char* floor, const char* at, const char* end) {
  constexpr std::ptrdiff_t kWidth = 16;
  for (; end - at >= kWidth; at += kWidth) {
    const unsigned found = detail::found_mask<Kind>(at);
    if (found != 0) return at + std::countr_zero(found);
  }
  if (end - floor < kWidth) return find_scalar<Kind>(at, end);
  const unsigned found = detail::found_mask<Kind>(end - kWidth) >> static_cast<unsigned>(kWidth - (end - at));
  return found != 0 ? at + std::countr_zero(found) : end;
}
#endif

// `floor` is `at` or lies before it; from there on bytes may be read.
template <typename Kind>
const char* find(const char* floor, const char* at, const char* end) {
#if defined(__SSE2__)
  return find_sse2<Kind>(floor, at, end);
#else
  static_cast<void>(floor);
  return find_scalar<Kind>(at, end);
#endif
}

}  // namespace podwire::http1
