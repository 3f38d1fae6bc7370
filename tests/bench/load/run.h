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

// How long a run goes on: for a number of lookups or calls, if the settings say
// one, otherwise for a time that begins with the object.
class RunLength {
 public:
  explicit RunLength(const Settings& settings);

  // Whether there is more to do after so many.
  bool More(uint64_t started) const;
  // Since the run began.
  double Seconds() const;

 private:
  const uint64_t calls_;
  const Moment begin_;
  const Moment end_;
};

std::vector<std::unique_ptr<grpc::GenericStub>> Connect(
    const Settings& settings);

// Makes unary calls, as many at once as the settings say. Returns the seconds
// that it took.
double RunUnary(const Settings& settings, const Requests& requests,
                Tally* tally);

// One stream, on which as many lookups are open as are in flight.
// Its latencies are those of messages, where all answers come in their order.
// Returns the seconds that it took.
double RunStream(const Settings& settings, const Requests& requests,
                 Tally* tally);

}  // namespace vtlookup::bench

#endif  // VTLOOKUP_TESTS_BENCH_LOAD_RUN_H_
