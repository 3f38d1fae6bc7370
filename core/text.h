#ifndef VTLOOKUP_CORE_TEXT_H_
#define VTLOOKUP_CORE_TEXT_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace vtlookup {

// Debian's abseil has a string_view of its own; ours is std's. This is the one
// bridge, used where an abseil function takes a view.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

inline std::string_view ToStd(absl::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_TEXT_H_
