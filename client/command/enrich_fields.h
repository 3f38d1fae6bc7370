#ifndef VTLOOKUP_CLIENT_COMMAND_ENRICH_FIELDS_H_
#define VTLOOKUP_CLIENT_COMMAND_ENRICH_FIELDS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "client/command/enrich_options.h"
#include "client/rows/format.h"

namespace vtlookup {

// Returns the lookups of a run, each with the fields that it adds: those that
// the user has chosen (--fields), or all of them; kRowError always.
// InvalidArgument when a chosen field does not exist, when a lookup would
// replace a field that is looked up, when two lookups would add the same
// field, or when there are more than EnrichOptions::kMostLookups. Thread-safe.
absl::StatusOr<std::vector<RowLookup>> LookupsOf(const EnrichOptions& options);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ENRICH_FIELDS_H_
