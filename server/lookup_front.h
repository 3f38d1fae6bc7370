#ifndef VTLOOKUP_SERVER_LOOKUP_FRONT_H_
#define VTLOOKUP_SERVER_LOOKUP_FRONT_H_

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/cache.h"
#include "core/indicator.h"
#include "server/acceptance.h"
#include "server/answer.h"
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

  // Borrows both. `submit_missing` is for callers that do not say.
  LookupFront(Cache& cache, const Upstream& upstream, bool submit_missing);

  // InvalidArgument when the options make no sense. `batch`: whether they are
  // those of a batch, which is not interactive unless it says so.
  absl::StatusOr<Want> WantOf(const v1::LookupOptions& options,
                              bool batch) const;

  // `index` is the item of a batch, for messages; negative: no batch.
  Outcome Try(const v1::Indicator& asked, int index, const Want& want,
              absl::Time now);

  // The caller's mistake, in words.
  struct Mistake {
    std::string what;
  };
  // The canonical indicator; or the answer that it is unusable; or what is
  // wrong with the request.
  std::variant<Indicator, Answer, Mistake> Parse(
      const v1::Indicator& asked) const;

 private:
  Cache& cache_;
  const Upstream& upstream_;
  const bool submit_missing_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_FRONT_H_
