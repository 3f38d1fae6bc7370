#ifndef VTLOOKUP_SERVER_INDICATORS_H_
#define VTLOOKUP_SERVER_INDICATORS_H_

#include <optional>
#include <string_view>

#include "core/indicator.h"
#include "vtlookup/v1/indicator.pb.h"

namespace vtlookup {

// An indicator as it came: its kind and the text, a view into the message.
struct AskedText {
  Kind kind;
  std::string_view text;
};

// Nothing when no value is set.
std::optional<AskedText> AskedTextOf(const v1::Indicator& indicator);

void SetIndicator(Kind kind, std::string_view text, v1::Indicator* out);

// `url`, `domain`, `ip`, `file`, `url_scan`: for filters, logs and metrics.
std::string_view KindName(Kind kind);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_INDICATORS_H_
