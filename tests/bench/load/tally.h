#ifndef VTLOOKUP_TESTS_BENCH_LOAD_TALLY_H_
#define VTLOOKUP_TESTS_BENCH_LOAD_TALLY_H_

#include <grpcpp/grpcpp.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/load/settings.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup::bench {

using Moment = std::chrono::steady_clock::time_point;

// Counts the answers. One answer in a hundred is decoded.
class Tally {
 public:
  explicit Tally(const Settings& settings) : settings_(settings) {}

  void Failed(const grpc::Status& status) {
    ++failed_;
    failure_ = status.error_message();
  }

  // Counts an answer. `verdicts`: the number of verdicts in it.
  void Answered(grpc::ByteBuffer* reply, Moment began, uint64_t verdicts);

  uint64_t ended() const { return answers_ + failed_; }
  uint64_t verdicts() const { return verdicts_; }

  // Returns all counts, after a run of `seconds`.
  nlohmann::json Told(double seconds);

 private:
  template <typename Message>
  Message Parsed(grpc::ByteBuffer* reply);
  void Count(const v1::LookupResponse& response);
  void Count(const v1::LookupResult& result);
  void Decode(grpc::ByteBuffer* reply);

  const Settings& settings_;
  uint64_t answers_ = 0;
  uint64_t verdicts_ = 0;
  uint64_t failed_ = 0;
  uint64_t errors_ = 0;
  uint64_t bytes_ = 0;
  std::string failure_;
  std::array<uint64_t, v1::Source_ARRAYSIZE> sources_{};
  std::vector<float> micros_;
};

}  // namespace vtlookup::bench

#endif  // VTLOOKUP_TESTS_BENCH_LOAD_TALLY_H_
