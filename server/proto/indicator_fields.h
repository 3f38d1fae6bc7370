#ifndef VTLOOKUP_SERVER_PROTO_INDICATOR_FIELDS_H_
#define VTLOOKUP_SERVER_PROTO_INDICATOR_FIELDS_H_

#include <optional>
#include <string_view>

#include "core/indicator.h"
#include "vtlookup/v1/indicator.pb.h"

namespace vtlookup {

// The kind and the text of an indicator in a message, not yet checked. The text
// is a view into the message; it is empty when the message has no indicator.
// The functions in this file are thread-safe.
struct RawIndicator {
  Kind kind = Kind::kUrl;
  std::string_view text;
};

RawIndicator RawIndicatorOf(const v1::Indicator& indicator);

// Convert between kinds and the field numbers of v1::Indicator. KindOfField
// returns nullopt for a number that is no such field.
std::optional<Kind> KindOfField(int field);
int FieldOf(Kind kind);

void SetIndicator(Kind kind, std::string_view text, v1::Indicator* out);

// Returns `url`, `domain`, `ip`, `file` or `url_scan`: for filters, logs and
// metrics.
std::string_view KindName(Kind kind);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PROTO_INDICATOR_FIELDS_H_
