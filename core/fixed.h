#ifndef VTLOOKUP_CORE_FIXED_H_
#define VTLOOKUP_CORE_FIXED_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vtlookup {

// Whole numbers of a fixed width, little-endian, as records on disk have them.

inline void AppendFixed(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  }
}

// `in` must reach as far as `at + bytes`.
inline uint64_t ReadFixed(std::string_view in, size_t at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= uint64_t{static_cast<unsigned char>(in[at + i])} << (8 * i);
  }
  return value;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_FIXED_H_
