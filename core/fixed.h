#ifndef VTLOOKUP_CORE_FIXED_H_
#define VTLOOKUP_CORE_FIXED_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vtlookup {

// Functions that write and read unsigned numbers in a fixed number of bytes,
// little-endian, as our files have them. Thread-safe, if no other thread
// changes the string.

// Appends the lowest `bytes` bytes of `value` to `out`. REQUIRES: `bytes` is at
// most 8.
inline void AppendFixed(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  }
}

// Returns the number whose `bytes` bytes begin at `at` in `in`. REQUIRES: `in`
// has at least `at + bytes` bytes, and `bytes` is at most 8.
inline uint64_t ReadFixed(std::string_view in, size_t at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= uint64_t{static_cast<unsigned char>(in[at + i])} << (8 * i);
  }
  return value;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_FIXED_H_
