#ifndef VTLOOKUP_CLIENT_COMMAND_LOOKUP_H_
#define VTLOOKUP_CLIENT_COMMAND_LOOKUP_H_

#include <set>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;
struct ValueKind;

// The options that only lookups have.
struct LookupCommandOptions {
  // The kind of all values; null: each value's own kind is guessed from its
  // form.
  const ValueKind* kind = nullptr;
  std::vector<std::string> texts;  // the words that are values
  // Files with more values; "-": standard input.
  std::vector<std::string> lists;
  bool refang = true;
  bool verbose = false;  // a report for each value, with all engines
  // For which findings the exit status is kFailOn: malicious, missing, queued,
  // unusable.
  std::set<std::string> fail_on;
};

// The name of the command for values of any kind. It may be left out.
inline constexpr char kAnyKind[] = "lookup";

// Returns the words that --fail-on takes. Thread-safe.
std::vector<std::string> FailOnNames();

// Declares a command for each kind of indicators: `vtlookup url`, `domain`,
// `ip`, `file` and `scan`, and one for all kinds. `app` refers to `arguments`,
// which must outlive it.
void DeclareLookups(CLI::App& app, Arguments& arguments);

// Looks up `arguments.indicators`, then the values of the lists, and prints the
// results in this order. Each call has as many values as the daemon accepts by
// default. If a call fails, its failure is the result of each of its values,
// and the next call is made nevertheless. Returns the exit status: kUsage, and
// prints why, when a list cannot be read; then nothing is looked up. A value of
// a list whose kind cannot be guessed is reported with its line, is not looked
// up, and counts as failed. Blocks.
int RunLookup(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_LOOKUP_H_
