#ifndef VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
#define VTLOOKUP_CLIENT_COMMAND_ENRICH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vtlookup/v1/dnif.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;

// The options that only `vtlookup enrich` has.
struct EnrichOptions {
  enum class Format { kByName, kJson, kCsv };
  enum class OnError { kKeep, kDrop, kFail };
  v1::DnifLookup lookup = v1::DNIF_LOOKUP_UNSPECIFIED;
  std::string field;               // the row's field with the value to look up
  std::vector<std::string> files;  // none: standard input
  Format format = Format::kByName;
  OnError on_error = OnError::kKeep;  // for a row whose lookup failed
  std::string rejects;                // a file; empty: standard error
  std::optional<char> delimiter;      // of CSV; not set: what the file says
  bool refang = false;  // values are looked up as Refang (core) reads them
  std::vector<std::string> fields;  // to add; none: all
  uint64_t skip = 0;                // records that another run has done
  bool quiet = false;
  std::optional<bool> safe_cells;  // not set: on a terminal only
};

// Declares `vtlookup enrich`. `app` refers to `arguments`, which must outlive
// it.
void DeclareEnrich(CLI::App& app, Arguments& arguments);

// Returns the names of the lookups that `vtlookup enrich` can do, for example
// get_url_report. Thread-safe.
std::vector<std::string> EnrichLookupNames();

// Adds the fields of a lookup to the rows of files or of standard input, and
// writes the rows to standard output in the order in which they were read. A
// line that is not a valid row goes to the rejects file or to standard error.
// --on-error says whether a row whose lookup failed is kept, dropped, or ends
// the run. From then on the process ignores SIGPIPE: a reader that closes
// standard output ends the run without an error. SIGINT ends the process after
// the rows that are answered, with a message that says how to go on; a second
// SIGINT ends it at once. Blocks.
//
// Ends the process with kInterrupted after SIGINT. Returns kSomeFailed when a
// row has no answer or a line is not a row. Prints why and returns kUsage when
// a file cannot be read or written, or the column does not exist.
int RunEnrich(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
