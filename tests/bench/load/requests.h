#ifndef VTLOOKUP_TESTS_BENCH_LOAD_REQUESTS_H_
#define VTLOOKUP_TESTS_BENCH_LOAD_REQUESTS_H_

#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

#include "tests/bench/load/settings.h"

namespace vtlookup::bench {

// Requests that are sent again and again, and the method that they are for.
struct Requests {
  std::string method;
  std::vector<grpc::ByteBuffer> all;
};

Requests MakeRequests(const Settings& settings);

}  // namespace vtlookup::bench

#endif  // VTLOOKUP_TESTS_BENCH_LOAD_REQUESTS_H_
