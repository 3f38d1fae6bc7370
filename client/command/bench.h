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
  // Makes an indicator of a value's text.
  void (*make)(const std::string& text, v1::Indicator* out) = nullptr;
  std::string file;  // values, one in a line; empty: standard input
  double seconds = 5;
  uint32_t batch = 100;  // values in a call
  uint32_t concurrency = 4;
};

// Declares `vtlookup bench`. `app` refers to `arguments`, which must outlive
// it.
void DeclareBench(CLI::App& app, Arguments& arguments);

// Measures how fast the daemon answers from its cache, as this machine sees it:
// several threads look up the values of a file again and again. VirusTotal is
// never asked, so this costs no quota; values that are not cached count as
// failures. Prints a table, or a line of JSON. Blocks for
// `arguments.bench.seconds`.
//
// Returns kUsage when there are no values or the file cannot be read, and
// kSomeFailed when no value was answered.
int RunBench(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_BENCH_H_
