#ifndef VTLOOKUP_TESTS_BENCH_LOAD_RUN_H_
#define VTLOOKUP_TESTS_BENCH_LOAD_RUN_H_

#include <grpcpp/generic/generic_stub.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "tests/bench/load/requests.h"
#include "tests/bench/load/settings.h"
#include "tests/bench/load/tally.h"

namespace vtlookup::bench {

// Decides when a run ends: after a number of lookups or calls if the settings
// have one, otherwise after a time that begins with the construction.
class RunLength {
 public:
  explicit RunLength(const Settings& settings);

  // Whether the run goes on after `started` lookups or calls.
  bool More(uint64_t started) const;
  // The time since the run began.
  double Seconds() const;

 private:
  const uint64_t calls_;
  const Moment begin_;
  const Moment end_;
};

std::vector<std::unique_ptr<grpc::GenericStub>> Connect(
    const Settings& settings);

// Makes unary calls, with the number in flight that the settings say. Returns
// the seconds that it took.
double RunUnary(const Settings& settings, const Requests& requests,
                Tally* tally);

// Makes lookups on one stream, with the number in flight that the settings say.
// Its latencies are those of messages, whose answers all come in order. Returns
// the seconds that it took.
double RunStream(const Settings& settings, const Requests& requests,
                 Tally* tally);

}  // namespace vtlookup::bench

#endif  // VTLOOKUP_TESTS_BENCH_LOAD_RUN_H_
