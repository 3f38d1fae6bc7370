#ifndef VTLOOKUP_SERVER_VERDICTS_VERDICT_KEEPER_H_
#define VTLOOKUP_SERVER_VERDICTS_VERDICT_KEEPER_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "cache/cache.h"
#include "core/indicator.h"
#include "virustotal/upstream.h"
#include "vtlookup/v1/config.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Decides what of VirusTotal's answers is kept, for how long, and under which
// names. Loop only.
class VerdictKeeper {
 public:
  struct Kept {
    Entry entry;                     // to be sent, whether it was stored or not
    bool stored = false;             // false: the cache knows more already
    std::vector<Indicator> aliases;  // other names that it was stored under
  };

  // Borrows both.
  VerdictKeeper(const v1::CacheConfig& config, Cache& cache)
      : config_(config), cache_(cache) {}

  // `previous` is what was cached when VirusTotal was asked, null: nothing;
  // what is cached now counts before it. `awaited`: somebody still waits for a
  // queued scan. A reply of which a part is missing is kept for a short time
  // only.
  Kept Keep(const Indicator& indicator, Ask ask, Upstream::Reply reply,
            const Cache::Found* previous, bool awaited, absl::Time now);

 private:
  const v1::CacheConfig& config_;
  Cache& cache_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_VERDICT_KEEPER_H_
