#ifndef VTLOOKUP_CLIENT_COMMAND_BENCH_H_
#define VTLOOKUP_CLIENT_COMMAND_BENCH_H_

#include <cstdint>
#include <string>

#include "vtlookup/v1/lookup.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;

// The options that only `vtlookup bench` has.
struct BenchOptions {
  // Makes an indicator of a value's text. Set when the command line is parsed,
  // from the kind that it names, which is required. Called on the thread of
  // RunBench only.
  void (*make)(const std::string& text, v1::Indicator* out) = nullptr;
  std::string file;  // values, one in a line; empty: standard input
  double seconds = 5;
  uint32_t batch = 100;      // values in a call
  uint32_t concurrency = 4;  // threads, each with one call at a time
};

// Declares `vtlookup bench`. `app` refers to `arguments`, which must outlive
// it.
void DeclareBench(CLI::App& app, Arguments& arguments);

// Measures how fast the daemon answers from its cache; the times include the
// way to the daemon. Threads look up the values of a file again and again.
// VirusTotal is never asked, so this costs no quota; values that are not cached
// count as failures. Prints a table, or a line of JSON. Blocks while it reads
// the values, and then for `arguments.bench.seconds` and until the last calls
// have ended.
//
// Returns kAllAnswered when at least one value was answered, even if others
// failed: the result counts those. Returns kSomeFailed when none was answered,
// and kUsage when there are no values or the file cannot be read.
int RunBench(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_BENCH_H_
