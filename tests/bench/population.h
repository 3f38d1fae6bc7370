#ifndef VTLOOKUP_TESTS_BENCH_POPULATION_H_
#define VTLOOKUP_TESTS_BENCH_POPULATION_H_

#include <cstdint>
#include <string>

#include "vtlookup/v1/indicator.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup::bench {

// The population of the benchmarks: numbered indicators, a third each of URLs,
// domains and SHA-256 hashes. The functions are pure, so the program that fills
// a cache and the program that asks make the same indicators.

constexpr uint64_t kKinds = 3;

// Returns the text of indicator `number`. The kinds take turns, and each kind
// has its own numbers. A number has twelve digits and stands where
// redis-benchmark writes __rand_int__, so that both programs use the same keys.
std::string TextAt(uint64_t number);

v1::Indicator IndicatorAt(uint64_t number);

// Returns a report with 70 engines, some of which say malicious. It has about 3
// kB, and its summary about 200 bytes.
v1::Verdict VerdictAt(uint64_t number);

}  // namespace vtlookup::bench

#endif  // VTLOOKUP_TESTS_BENCH_POPULATION_H_
