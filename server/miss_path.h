#ifndef VTLOOKUP_SERVER_MISS_PATH_H_
#define VTLOOKUP_SERVER_MISS_PATH_H_

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cache/cache.h"
#include "cache/raw_reports.h"
#include "cache/tier.h"
#include "core/clock.h"
#include "core/executor.h"
#include "core/loop.h"
#include "server/lookup/fast_path.h"
#include "server/misses/resolver.h"
#include "server/privacy/privacy_gate.h"
#include "virustotal/http/http_client.h"
#include "virustotal/keys/key_ring.h"
#include "virustotal/keys/quota_ledger.h"
#include "virustotal/virustotal.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// All parts that answer a lookup: the fast path, and behind it the cache, the
// privacy gate, the resolver, and VirusTotal with its keys. The daemon and the
// stories of tests/scenarios build this same struct, so that the stories test
// what ships. Members are declared in the order of their dependencies, so that
// destruction is shutdown. The header of each member says which threads may use
// it.
struct MissPath {
  // The parts that differ between the daemon and a test.
  struct Parts {
    std::unique_ptr<Tier> tier;          // the disk
    std::unique_ptr<Executor> executor;  // runs the blocking calls of `tier`
    std::unique_ptr<Tier> raw_tier;      // null: raw reports are not kept
    std::unique_ptr<Executor> raw_executor;  // as `executor`, of `raw_tier`
    std::vector<KeyRing::Setup> keys;        // in the order of KeyConfigsOf
    std::unique_ptr<QuotaLedger> ledger;     // null: counts in memory only
    // Receives messages about keys for an operator. Loop only; may be empty.
    std::function<void(std::string_view)> report_keys;
    // Returns random numbers from 0 up to 1, for delays. Loop only.
    std::function<double()> random;
    // See Fetches::Options for these two; may be empty.
    std::function<void(const absl::Status&)> on_failure;
    std::function<void(const FetchOutcome&)> on_asked;
  };

  // Borrows the clock, the loop and the HTTP client, which must outlive it.
  MissPath(const v1::Config& config, Parts parts, const Clock& clock,
           Loop& loop, HttpClient& http);

  Cache cache;
  RawReports raws;
  KeyRing keys;  // loop only
  VirusTotal virustotal;
  PrivacyGate privacy;
  Resolver resolver;
  FastPath fast_path;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISS_PATH_H_
