#ifndef VTLOOKUP_TESTS_BENCH_POPULATION_H_
#define VTLOOKUP_TESTS_BENCH_POPULATION_H_

#include <cstdint>
#include <string>

#include "vtlookup/v1/indicator.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup::bench {

// What the benchmarks ask about: numbered indicators, a third each of URLs,
// domains and SHA-256 hashes. Pure functions, so that whoever fills a cache
// and whoever asks agree without a word.

constexpr uint64_t kKinds = 3;

// The text of indicator `number`: the kinds take turns, and each has its own
// numbers in twelve digits, where redis-benchmark writes __rand_int__, so that
// both ask for the same keys.
std::string TextAt(uint64_t number);

v1::Indicator IndicatorAt(uint64_t number);

// A report with 70 engines, of which some say malicious; about 3 kB, its
// summary about 200 bytes.
v1::Verdict VerdictAt(uint64_t number);

}  // namespace vtlookup::bench

#endif  // VTLOOKUP_TESTS_BENCH_POPULATION_H_
