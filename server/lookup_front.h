#ifndef VTLOOKUP_SERVER_LOOKUP_FRONT_H_
#define VTLOOKUP_SERVER_LOOKUP_FRONT_H_

#include <functional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/cache.h"
#include "core/indicator.h"
#include "server/acceptance.h"
#include "server/answer.h"
#include "server/privacy_gate.h"
#include "virustotal/upstream.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Answers without waiting whatever can be answered so: what is wrong, what is
// unusable, what is in memory. Thread-safe; never blocks.
class LookupFront {
 public:
  // What only the Resolver can answer.
  struct Miss {
    Indicator indicator;
    Want want;
  };
  using Outcome = std::variant<Answer, absl::Status, Miss>;

  struct Options {
    bool submit_missing = false;  // for callers that do not say
    // Told of what is used a lot and will soon expire. Thread-safe; may be
    // empty.
    std::function<void(const Indicator&)> refresh_ahead = {};
  };

  // Borrows all but the options.
  LookupFront(Options options, Cache& cache, const Upstream& upstream,
              PrivacyGate& privacy);

  // InvalidArgument when the options make no sense. `usual`: the lane of who
  // does not say.
  absl::StatusOr<Want> WantOf(const v1::LookupOptions& options,
                              Lane usual) const;

  // `index` is the item of a batch, for messages; negative: no batch.
  Outcome Try(const v1::Indicator& asked, int index, const Want& want,
              absl::Time now);

  // The caller's mistake, in words.
  struct Mistake {
    std::string what;
  };
  // The canonical indicator; or the answer that it is unusable, or withheld; or
  // what is wrong with the request.
  std::variant<Indicator, Answer, Mistake> Parse(const v1::Indicator& asked);

 private:
  void HintRefresh(const Indicator& indicator, const Cache::Found& found,
                   absl::Time now);

  const Options options_;
  Cache& cache_;
  const Upstream& upstream_;
  PrivacyGate& privacy_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_FRONT_H_
