#ifndef VTLOOKUP_VTLOOKUP_ROW_H_
#define VTLOOKUP_VTLOOKUP_ROW_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vtlookup/v1/dnif.pb.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// The fields that a lookup adds to a row of a SIEM. The mapping is that of the
// `dnif_field` options in the .proto files. Pure functions; thread-safe.

// One field of a row.
struct RowField {
  std::string name;  // with its dollar sign
  std::string json;  // the value as JSON: a number, a text, a list of texts
  friend bool operator==(const RowField&, const RowField&) = default;
};

// The only field that a failed lookup adds.
inline constexpr char kRowError[] = "$VTError";

// Returns the lookup that queries call `get_url_report` and so on; nullopt when
// no lookup has that name.
std::optional<v1::DnifLookup> DnifLookupNamed(std::string_view name);

// Whether a field says that it has no value: it is empty or blank, or says "-"
// or "N/A" (in any case), as logs do. Such a row is not looked up.
bool IsNoValue(std::string_view text);

// Returns the indicator for a row's field with this text. A URL lookup also
// takes the id of a scan (sha256-timestamp). InvalidArgument when the text is
// empty.
absl::StatusOr<v1::Indicator> IndicatorFor(v1::DnifLookup lookup,
                                           const std::string& text);

// Returns every field that the lookup may add, in order, kRowError last. Before
// a new lookup, these fields are removed from a row.
const std::vector<std::string>& RowFieldNames(v1::DnifLookup lookup);

// Returns the fields that an answer adds, in that order. `asked` is the
// indicator of the lookup.
std::vector<RowField> RowFieldsOf(v1::DnifLookup lookup,
                                  const v1::Indicator& asked,
                                  const v1::LookupResponse& response);
// The fields of an answer without LookupResponse, such as that of SubmitUrl.
std::vector<RowField> RowFieldsOf(v1::DnifLookup lookup,
                                  const v1::Indicator& asked,
                                  const v1::Verdict& verdict);

// Returns the only field that a failure adds: its name and message.
RowField RowErrorOf(const absl::Status& error);
RowField RowErrorOf(const google::rpc::Status& error);

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_ROW_H_
