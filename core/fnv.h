#ifndef VTLOOKUP_CORE_FNV_H_
#define VTLOOKUP_CORE_FNV_H_

#include <cstdint>
#include <string_view>

namespace vtlookup {

// The FNV-1a hash of a text. Unlike absl::Hash it is the same in every process,
// so it may be written to disk or kept across a restart. Thread-safe.
constexpr uint64_t Fnv1a(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_FNV_H_
