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
#include "core/indicator.h"
#include "server/misses/miss.h"
#include "server/privacy/privacy_gate.h"
#include "server/proto/indicator_fields.h"
#include "server/verdicts/acceptance.h"
#include "server/verdicts/answer.h"
#include "virustotal/upstream.h"

namespace vtlookup {

// Answers what can be answered without a wait: requests that are wrong,
// indicators that are unusable or private, and verdicts in memory. Thread-safe;
// never blocks.
class FastPath {
 public:
  // A Miss is for the Resolver to answer.
  using Outcome = std::variant<Answer, absl::Status, Miss>;

  struct Options {
    // Called for an entry that is used a lot and will soon expire. Thread-safe;
    // may be empty.
    std::function<void(const Indicator&)> refresh_ahead = {};
  };

  // Borrows all but the options.
  FastPath(Options options, Cache& cache, const Upstream& upstream,
           PrivacyGate& privacy);

  Outcome Try(const AskedText& asked, const Want& want, absl::Time now);

  // Tries the lookups from `begin` on, in order. Each outcome goes either to
  // `in_memory`, as to the `use` of TryMemory (also under the lock), or to
  // `other`. A lookup that is not in memory becomes a Miss that is unread, so
  // that the Resolver reads the disk for all of them together. `list` is the
  // request's field that holds the lookups, for messages; empty: `indicator`.
  //
  // Stops before an internationalised name when `costly` of them have been
  // tried, since each takes a tenth of a millisecond to parse. Returns the
  // index of the first lookup that was not tried.
  static constexpr size_t kCostlyAtOnce = 32;
  static constexpr size_t kAnyNumber = SIZE_MAX;
  using InMemory = absl::FunctionRef<void(size_t index, const AnswerView&)>;
  using Other = absl::FunctionRef<void(size_t index, Outcome)>;
  size_t TryMany(const std::vector<AskedText>& asked, std::string_view list,
                 const Want& want, absl::Time now, InMemory in_memory,
                 Other other, size_t begin = 0, size_t costly = kAnyNumber);

  // Answers what most lookups are: a canonical form, in memory, fresh, and let
  // pass by the privacy rules before. Nothing is allocated or copied here:
  // `use` gets the answer where it lies, once at most, under the lock of its
  // shard; it must be brief, and not touch the cache. When the result is false,
  // `use` was not called: call Try.
  bool TryMemory(const AskedText& asked, size_t hash, const Want& want,
                 absl::Time now,
                 absl::FunctionRef<void(const AnswerView&)> use);
  static size_t HashOf(const AskedText& asked) {
    return MemoryCache::HashOf(KeyOf(asked));
  }
  static KeyView KeyOf(const AskedText& asked) {
    return {static_cast<char>(asked.kind), asked.text};
  }

  // What is wrong with the request.
  struct Mistake {
    std::string what;
  };
  // The canonical indicator; or the answer that the indicator is unusable or
  // withheld; or what is wrong with the request. `clear` is an output of
  // PrivacyGate::Pass.
  std::variant<Indicator, Answer, Mistake> Parse(const AskedText& asked,
                                                 bool* clear = nullptr);

 private:
  using Look = Cache::Peeked (Cache::*)(std::string_view key);
  Outcome TryWith(Look look, const AskedText& asked,
                  absl::FunctionRef<std::string()> field, const Want& want,
                  absl::Time now);
  void Prefetch(const AskedText* asked, size_t count, size_t* hashes);
  void HintRefresh(const Indicator& indicator);

  const Options options_;
  Cache& cache_;
  const Upstream& upstream_;
  PrivacyGate& privacy_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_FAST_PATH_H_
