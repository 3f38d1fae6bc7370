#include "client/command/enrich_fields.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "vtlookup/row.h"

namespace vtlookup {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The fields of a lookup, of which the user may have chosen some. A failure is
// always told.
OwnFields FieldsOf(const EnrichOptions::Lookup& lookup,
                   const std::vector<std::string>& chosen) {
  OwnFields own{.replaced = RowFieldNames(lookup.lookup),
                .added = {},
                .suffix = lookup.suffix};
  if (chosen.empty()) {
    own.added = own.replaced;
    return own;
  }
  for (const std::string& name : chosen) {
    if (Contains(own.replaced, name)) own.added.push_back(name);
  }
  if (!Contains(own.added, kRowError)) own.added.emplace_back(kRowError);
  return own;
}

// The names with their dollar signs.
absl::StatusOr<std::vector<std::string>> ChosenFields(
    const EnrichOptions& options) {
  std::vector<std::string> all;
  for (const EnrichOptions::Lookup& lookup : options.lookups) {
    for (const std::string& name : RowFieldNames(lookup.lookup)) {
      if (!Contains(all, name)) all.push_back(name);
    }
  }
  std::vector<std::string> chosen;
  for (const std::string& name : options.fields) {
    chosen.push_back(name.starts_with('$') ? name : "$" + name);
    if (!Contains(all, chosen.back())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--fields: there is no field ", chosen.back(),
          "; there are, for each lookup: ", absl::StrJoin(all, ", ")));
    }
  }
  return chosen;
}

// Two lookups must not add the same field, nor one that is looked up.
absl::Status CheckNames(const std::vector<RowLookup>& lookups) {
  for (size_t i = 0; i < lookups.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (lookups[i].own.suffix == lookups[j].own.suffix) {
        return absl::InvalidArgumentError(absl::StrCat(
            "two lookups would add fields that end in ", lookups[i].own.suffix,
            "; make one of them the first lookup, without --also, or copy the "
            "field ",
            lookups[i].field, " to another one"));
      }
    }
    for (const RowLookup& other : lookups) {
      if (other.own.Replaces(lookups[i].field)) {
        return absl::InvalidArgumentError(absl::StrCat(
            lookups[i].field,
            ": a lookup adds the field itself and would replace the value; "
            "rename the field of the rows"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<RowLookup>> LookupsOf(const EnrichOptions& options) {
  if (options.lookups.size() > EnrichOptions::kMostLookups) {
    return absl::InvalidArgumentError(
        absl::StrCat("at most ", EnrichOptions::kMostLookups,
                     " lookups can be made in one run"));
  }
  const absl::StatusOr<std::vector<std::string>> chosen = ChosenFields(options);
  if (!chosen.ok()) return chosen.status();
  std::vector<RowLookup> lookups;
  lookups.reserve(options.lookups.size());
  for (const EnrichOptions::Lookup& lookup : options.lookups) {
    lookups.push_back(
        {.field = lookup.field, .own = FieldsOf(lookup, *chosen)});
  }
  if (absl::Status status = CheckNames(lookups); !status.ok()) return status;
  return lookups;
}

}  // namespace vtlookup
