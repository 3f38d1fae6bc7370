#ifndef VTLOOKUP_VIRUSTOTAL_V3_OBJECTS_H_
#define VTLOOKUP_VIRUSTOTAL_V3_OBJECTS_H_

#include <string>
#include <string_view>

#include "core/indicator.h"

namespace vtlookup {

// Which object of API v3 describes an indicator. An object has a type, an id
// and a path. The functions are thread-safe, and none of them can fail.

// Whether the indicator is a domain or an address. Objects of these have
// relationships, and may come without counts of engines.
constexpr bool IsNetworkV3(Kind kind) {
  return kind == Kind::kDomain || kind == Kind::kIp;
}

// The type of the object that describes an indicator of this kind, as the
// object itself names its type.
std::string_view ObjectTypeV3(Kind kind);

// The path of the indicator's object, `collection/id`, behind `/api/v3/`. The
// path is encoded already.
std::string ObjectPathV3(const Indicator& indicator);

// The id of a URL's analysis is this prefix and a scan id,
// `<sha256>-<unix time>`.
inline constexpr char kUrlAnalysisV3[] = "u-";

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_OBJECTS_H_
