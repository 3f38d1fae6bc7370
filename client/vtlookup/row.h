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

// Rows of a SIEM: what a lookup adds to them. The mapping is that of the
// `dnif_field` options in the .proto files. Pure; any thread.

// One field of a row.
struct RowField {
  std::string name;  // with its dollar sign
  std::string json;  // the value as JSON: a number, a text, a list of texts
  friend bool operator==(const RowField&, const RowField&) = default;
};

// The field that a lookup which failed adds, and no other.
inline constexpr char kRowError[] = "$VTError";

// The lookup that queries call `get_url_report` and so on; nothing when there
// is none of that name.
std::optional<v1::DnifLookup> DnifLookupNamed(std::string_view name);

// What the lookup asks about, for a row's field of this text. A URL lookup also
// takes the id of a scan (sha256-timestamp). InvalidArgument when it is empty.
absl::StatusOr<v1::Indicator> IndicatorFor(v1::DnifLookup lookup,
                                           const std::string& text);

// Every field that the lookup may add, in order, kRowError last. A row that has
// one of these from an earlier lookup loses it.
const std::vector<std::string>& RowFieldNames(v1::DnifLookup lookup);

// The fields that an answer adds, in that order. `asked` is what was asked.
std::vector<RowField> RowFieldsOf(v1::DnifLookup lookup,
                                  const v1::Indicator& asked,
                                  const v1::Verdict& verdict);

// The one field that a failure adds: its name and message.
RowField RowErrorOf(const absl::Status& error);
RowField RowErrorOf(const google::rpc::Status& error);

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_ROW_H_
