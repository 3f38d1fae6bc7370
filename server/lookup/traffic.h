#ifndef VTLOOKUP_SERVER_LOOKUP_TRAFFIC_H_
#define VTLOOKUP_SERVER_LOOKUP_TRAFFIC_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/counter.h"
#include "core/indicator.h"
#include "core/mutex.h"
#include "core/response_code.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// Rpcs of LookupService.
enum class RpcMethod {
  kLookup,
  kBatchLookup,
  kStreamLookup,
  kWatchLookup,
  kSubmitUrl
};
inline constexpr size_t kMethods = 5;
std::string_view RpcMethodName(RpcMethod method);

// Counts lookups by their answers, and calls by their status, since the start
// of the daemon. Thread-safe.
class Traffic {
 public:
  // Upper bounds of the buckets of the latency histogram, in seconds.
  static constexpr std::array<double, 15> kBounds = {
      1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 5e-2,
      0.1,  0.25, 0.5,  1,    2.5,  10,   30};
  static constexpr size_t kKinds = 6;    // Kind, from 1
  static constexpr size_t kCodes = 4;    // response codes, from -2
  static constexpr size_t kSources = 6;  // v1::Source

  // Counts the lookups of one call that were answered at once. The counters
  // that all threads share are then written once for the call, not for each
  // lookup. One thread at a time.
  class Tally {
   public:
    void Add(const AnswerView& answer) {
      ++answered_[static_cast<size_t>(answer.kind)][CodeIndex(
          answer.head.response_code)][static_cast<size_t>(answer.source)];
      stale_ += answer.stale ? 1 : 0;
      ++count_;
    }
    uint64_t count() const { return count_; }

   private:
    friend class Traffic;
    std::array<std::array<std::array<uint32_t, kSources>, kCodes>, kKinds>
        answered_{};
    uint64_t stale_ = 0;
    uint64_t count_ = 0;
  };

  // Counts a lookup that was answered `elapsed` after it came.
  void Answered(const AnswerView& answer, absl::Duration elapsed);
  // Counts all lookups of the tally, each as answered after `elapsed`.
  void Answered(const Tally& tally, absl::Duration elapsed);
  // Counts a lookup that failed.
  void Failed(const absl::Status& failure) ABSL_LOCKS_EXCLUDED(mu_);
  // Counts a call that ended.
  void Ended(RpcMethod method, absl::StatusCode code);

  uint64_t answered(size_t kind, size_t code, size_t source) const {
    return answered_[kind][code][source].value();
  }
  // The lookups in a bucket of the histogram. The last bucket, behind all
  // bounds, has those that took longer.
  uint64_t in_bucket(size_t index) const { return buckets_[index].value(); }
  double seconds() const { return static_cast<double>(nanos_.value()) * 1e-9; }
  uint64_t ended(RpcMethod method, absl::StatusCode code) const {
    return ended_[static_cast<size_t>(method)][static_cast<size_t>(code)]
        .value();
  }
  // Failed lookups by the reason of their Failure, or by the name of the status
  // code if there is no reason. The reasons are few and fixed.
  std::map<std::string, uint64_t> failures() const ABSL_LOCKS_EXCLUDED(mu_);

  // Answers from expired entries.
  uint64_t stale() const { return stale_.value(); }

  // Sums of the counts above.
  uint64_t from(v1::Source source) const;
  uint64_t lookups() const;
  // Lookups that were answered without VirusTotal.
  uint64_t hits() const;
  uint64_t failed() const;
  uint64_t calls() const;

 private:
  static constexpr size_t kStatusCodes = 17;

  static size_t CodeIndex(ResponseCode code) {
    return static_cast<size_t>(NumberOf(code) -
                               NumberOf(ResponseCode::kQueued));
  }
  void Took(absl::Duration elapsed, uint64_t count);

  std::array<std::array<std::array<Counter, kSources>, kCodes>, kKinds>
      answered_;
  std::array<Counter, kBounds.size() + 1> buckets_;
  Counter nanos_;
  Counter stale_;
  std::array<std::array<Counter, kStatusCodes>, kMethods> ended_;
  mutable Mutex mu_;
  std::map<std::string, uint64_t> failures_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_TRAFFIC_H_
