#ifndef VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
#define VTLOOKUP_CLIENT_COMMAND_ENRICH_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/command/arguments.h"
#include "vtlookup/client.h"

namespace vtlookup {

// Whether every row got its answer.
enum class Enriched { kAll, kSome };

// Adds the fields of a lookup to the rows of files or of standard input, and
// writes them to standard output in their order. A row that is not one, or
// whose lookup fails, is told and counted; none is lost. InvalidArgument when
// the run cannot begin or go on: a file that cannot be read, a column that is
// not there.
absl::StatusOr<Enriched> Enrich(const Client& client,
                                const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
