// Finds the next byte that needs judging. The vector forms only skip ahead over bytes that need none; each has a
// scalar twin with the same answer, which reads the last bytes too, so that nothing behind `end` is touched.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace podwire::http1 {

// First byte in 0x00–0x1f, or `end`.
inline const char* find_control_scalar(const char* begin, const char* end) {
  while (begin != end && static_cast<std::uint8_t>(*begin) >= 0x20) ++begin;
  return begin;
}

// First `wanted`, or `end`.
inline const char* find_byte_scalar(const char* begin, const char* end, char wanted) {
  while (begin != end && *begin != wanted) ++begin;
  return begin;
}

#if defined(__SSE2__)
inline const char* find_control_sse2(const char* begin, const char* end) {
  const __m128i highest = _mm_set1_epi8(0x1f);
  for (; end - begin >= 16; begin += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, highest), bytes));
    if (found != 0) return begin + std::countr_zero(static_cast<unsigned>(found));
  }
  return find_control_scalar(begin, end);
}

inline const char* find_byte_sse2(const char* begin, const char* end, char wanted) {
  const __m128i pattern = _mm_set1_epi8(wanted);
  for (; end - begin >= 16; begin += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern));
    if (found != 0) return begin + std::countr_zero(static_cast<unsigned>(found));
  }
  return find_byte_scalar(begin, end, wanted);
}
#endif

inline const char* find_control(const char* begin, const char* end) {
#if defined(__SSE2__)
  return find_control_sse2(begin, end);
#else
  return find_control_scalar(begin, end);
#endif
}

inline const char* find_byte(const char* begin, const char* end, char wanted) {
#if defined(__SSE2__)
  return find_byte_sse2(begin, end, wanted);
#else
  return find_byte_scalar(begin, end, wanted);
#endif
}

}  // namespace podwire::http1
