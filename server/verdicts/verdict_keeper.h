#ifndef VTLOOKUP_SERVER_VERDICTS_VERDICT_KEEPER_H_
#define VTLOOKUP_SERVER_VERDICTS_VERDICT_KEEPER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cache/cache.h"
#include "cache/raw_reports.h"
#include "core/indicator.h"
#include "virustotal/upstream.h"
#include "vtlookup/v1/config.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Decides which of VirusTotal's answers are cached, for how long, and under
// which keys. Loop only.
class VerdictKeeper {
 public:
  struct Kept {
    Entry entry;                     // to be sent, even if it was not stored
    bool stored = false;             // false: the cache knows more already
    Bytes raw;                       // of the reply, if raw reports are kept
    std::vector<Indicator> aliases;  // other names under which it was stored
  };

  // Borrows all.
  VerdictKeeper(const v1::CacheConfig& config, Cache& cache, RawReports& raws)
      : config_(config), cache_(cache), raws_(raws) {}

  // Stores a reply if it says more than the cache. `previous` is the entry that
  // was cached when VirusTotal was asked, or null; an entry that is cached now
  // takes precedence over it. The raw report is kept with the verdict.
  // `awaited` says that somebody still waits for a queued scan. An incomplete
  // reply is kept for a short time only.
  Kept Keep(const Indicator& indicator, Purpose purpose, Upstream::Reply reply,
            const Cache::Found* previous, bool awaited, absl::Time now);

 private:
  Bytes KeepRaw(const Indicator& indicator, const Entry& entry,
                std::string raw);

  const v1::CacheConfig& config_;
  Cache& cache_;
  RawReports& raws_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_VERDICT_KEEPER_H_
