#ifndef VTLOOKUP_CLIENT_COMMAND_ENRICH_OPTIONS_H_
#define VTLOOKUP_CLIENT_COMMAND_ENRICH_OPTIONS_H_

#include <cstddef>
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

// The options that only `vtlookup enrich` has.
struct EnrichOptions {
  enum class Format { kByName, kJson, kCsv };
  enum class OnError { kKeep, kDrop, kFail };
  struct Lookup {
    v1::DnifLookup lookup = v1::DNIF_LOOKUP_UNSPECIFIED;
    std::string field;   // the row's field with the value to look up
    std::string suffix;  // behind the names of the fields that it adds
  };
  // Each lookup has a stream to the daemon, and memory for its answers.
  static constexpr size_t kMostLookups = 8;
  std::vector<Lookup> lookups = {{}};  // at least one
  std::vector<std::string> files;      // none: standard input
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

// Returns the words that --on-error takes. Thread-safe.
std::vector<std::string> OnErrorNames();

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ENRICH_OPTIONS_H_
