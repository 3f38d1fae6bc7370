#ifndef VTLOOKUP_CORE_TEXT_H_
#define VTLOOKUP_CORE_TEXT_H_

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace vtlookup {

// Debian builds abseil with a string_view type of its own; our code uses
// std::string_view. ToAbsl and ToStd convert between the two. Use them only
// where a function of abseil takes or returns a view. The result points to the
// bytes of `text`; nothing is copied.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

inline std::string_view ToStd(absl::string_view text) {
  return {text.data(), text.size()};
}

// Appends `byte` as %XX, in upper case.
inline void AppendPercentEncoded(unsigned char byte, std::string* out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out->push_back('%');
  out->push_back(kHex[byte >> 4]);
  out->push_back(kHex[byte & 15]);
}

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_TEXT_H_
