#ifndef VTLOOKUP_TESTS_BENCH_LOAD_SETTINGS_H_
#define VTLOOKUP_TESTS_BENCH_LOAD_SETTINGS_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace vtlookup::bench {

// The command line of bench_load.
struct Settings {
  std::string target;
  std::string kind = "lookup";
  std::string view = "summary";
  std::string mode = "default";
  size_t batch = 100;
  uint64_t population = 100'000;
  uint64_t first = 0;
  size_t connections = 4;
  size_t in_flight = 64;
  double seconds = 5;
  double deadline = 0;    // of each call, in seconds; 0: none
  uint64_t calls = 0;     // 0: the time ends the run
  size_t prepared = 0;    // requests made beforehand; 0: by kind
  bool in_order = false;  // each indicator once, instead of random ones
};

}  // namespace vtlookup::bench

#endif  // VTLOOKUP_TESTS_BENCH_LOAD_SETTINGS_H_
