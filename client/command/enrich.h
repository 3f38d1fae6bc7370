#ifndef VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
#define VTLOOKUP_CLIENT_COMMAND_ENRICH_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/command/arguments.h"
#include "vtlookup/client.h"

namespace vtlookup {

// Whether all rows were answered, or only some of them.
enum class Enriched { kAll, kSome };

// Runs `vtlookup enrich`: adds the fields of a lookup to the rows of files or
// of standard input, and writes the rows to standard output in the order in
// which they were read. A line that is not a valid row goes to the rejects file
// or to standard error. --on-error says whether a row whose lookup failed is
// kept, dropped, or ends the run. Both are counted, and the result is then
// kSome. InvalidArgument when a file cannot be read or the column does not
// exist. Blocks.
absl::StatusOr<Enriched> Enrich(const Client& client,
                                const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
