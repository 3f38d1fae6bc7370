#ifndef VTLOOKUP_SERVER_LOOKUP_FAST_PATH_H_
#define VTLOOKUP_SERVER_LOOKUP_FAST_PATH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cache/cache.h"
#include "cache/raw_reports.h"
#include "core/indicator.h"
#include "server/misses/miss.h"
#include "server/privacy/privacy_gate.h"
#include "server/proto/indicator_fields.h"
#include "server/verdicts/acceptance.h"
#include "server/verdicts/answer.h"
#include "virustotal/upstream.h"

namespace vtlookup {

// Answers what can be answered without a wait: wrong requests, unusable or
// private indicators, and verdicts in memory. A lookup that also wants the raw
// report (Want::raw) is answered here only if that is in memory, too.
// Thread-safe; never blocks.
class FastPath {
 public:
  // A Miss must be answered by the Resolver.
  using Outcome = std::variant<Answer, absl::Status, Miss>;

  struct Options {
    // Called for an entry that is used a lot and will soon expire. Thread-safe;
    // may be empty.
    std::function<void(const Indicator&)> refresh_ahead = {};
  };

  // Borrows all arguments but the options.
  FastPath(Options options, Cache& cache, RawReports& raws,
           const Upstream& upstream, PrivacyGate& privacy);

  // Tries one lookup. The outcome is an answer, a failure (InvalidArgument for
  // a wrong request; NotFound, NOT_CACHED), or a Miss.
  Outcome Try(const RawIndicator& asked, const Want& want, absl::Time now);

  // Tries the lookups from `begin` on, in order. An answer of TryMemory goes to
  // `in_memory`, which has the obligations of TryMemory's `use`; every other
  // outcome goes to `other`. An indicator that is not in memory becomes a Miss
  // with `unread`, so that the Resolver reads the disk for all of them in one
  // batch. `list`: the name of the request's field that holds the lookups, for
  // messages; empty: `indicator`.
  //
  // Stops before an internationalised name when `costly` of them have been
  // tried, because each takes a tenth of a millisecond to parse. Returns the
  // index of the first lookup that was not tried.
  static constexpr size_t kCostlyAtOnce = 32;
  static constexpr size_t kAnyNumber = SIZE_MAX;
  using InMemory = absl::FunctionRef<void(size_t index, const AnswerView&)>;
  using Other = absl::FunctionRef<void(size_t index, Outcome)>;
  size_t TryMany(const std::vector<RawIndicator>& asked, std::string_view list,
                 const Want& want, absl::Time now, InMemory in_memory,
                 Other other, size_t begin = 0, size_t costly = kAnyNumber);

  // Answers the usual lookup: the text is in canonical form, and its entry is
  // in memory, fresh, and marked as passed by the privacy rules. Allocates and
  // copies nothing: `use` gets a view of the entry, at most once, under the
  // lock of the entry's shard. `use` must be brief and must not touch the
  // cache. When the result is false, `use` was not called, and the caller must
  // call Try.
  bool TryMemory(const RawIndicator& asked, size_t hash, const Want& want,
                 absl::Time now,
                 absl::FunctionRef<void(const AnswerView&)> use);
  static size_t HashOf(const RawIndicator& asked) {
    return MemoryCache::HashOf(KeyOf(asked));
  }
  static KeyView KeyOf(const RawIndicator& asked) {
    return {static_cast<char>(asked.kind), asked.text};
  }

  // The request is wrong; `what` says how, for the client.
  struct Mistake {
    std::string what;
  };
  // Returns the canonical indicator, or the answer that the indicator is
  // unusable or withheld, or the mistake in the request. For `clear` see
  // PrivacyGate::Pass.
  std::variant<Indicator, Answer, Mistake> Parse(const RawIndicator& asked,
                                                 bool* clear = nullptr);

 private:
  using Look = Cache::Peeked (Cache::*)(std::string_view key);
  Outcome TryWith(Look look, const RawIndicator& asked,
                  absl::FunctionRef<std::string()> field, const Want& want,
                  absl::Time now);
  void Prefetch(const RawIndicator* asked, size_t count, size_t* hashes);
  void HintRefresh(const Indicator& indicator);

  const Options options_;
  Cache& cache_;
  RawReports& raws_;
  const Upstream& upstream_;
  PrivacyGate& privacy_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_FAST_PATH_H_
