#ifndef VTLOOKUP_SERVER_PROTO_INDICATOR_FIELDS_H_
#define VTLOOKUP_SERVER_PROTO_INDICATOR_FIELDS_H_

#include <optional>
#include <string_view>

#include "core/indicator.h"
#include "vtlookup/v1/indicator.pb.h"

namespace vtlookup {

// An indicator as it came: its kind and the text, a view into the message.
// Empty text: none is set.
struct AskedText {
  Kind kind = Kind::kUrl;
  std::string_view text;
};

AskedText AskedTextOf(const v1::Indicator& indicator);

// Between kinds and the fields of v1::Indicator.
std::optional<Kind> KindOfField(int field);
int FieldOf(Kind kind);

void SetIndicator(Kind kind, std::string_view text, v1::Indicator* out);

// `url`, `domain`, `ip`, `file`, `url_scan`: for filters, logs and metrics.
std::string_view KindName(Kind kind);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PROTO_INDICATOR_FIELDS_H_
