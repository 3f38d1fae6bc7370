#ifndef VTLOOKUP_CLIENT_COMMAND_BENCH_H_
#define VTLOOKUP_CLIENT_COMMAND_BENCH_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/command/arguments.h"
#include "vtlookup/client.h"

namespace vtlookup {

// How fast the daemon answers from its cache, measured from here: the values of
// a file are asked for again and again. VirusTotal is never asked, so this
// costs no quota; what is not cached is counted as that. Blocks for
// `arguments.bench.seconds`. A table, or a line of JSON.
//
// InvalidArgument when there are no values; Unavailable when nothing was
// answered.
absl::StatusOr<std::string> RunBench(const Client& client,
                                     const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_BENCH_H_
