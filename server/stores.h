#ifndef VTLOOKUP_SERVER_STORES_H_
#define VTLOOKUP_SERVER_STORES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "cache/rocks_tier.h"
#include "core/clock.h"
#include "virustotal/keys/quota_ledger.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// What the daemon keeps in `cache.path`.
struct Stores {
  std::unique_ptr<RocksTier> tier;      // the verdicts
  std::unique_ptr<RocksTier> raw_tier;  // null: raw reports are not kept
  std::unique_ptr<QuotaLedger> ledger;  // null: its files cannot be used
};

// Opens the stores, and closes their folders to other users. Deletes the raw
// reports that are there if they are no longer kept. Logs what an operator must
// know. FailedPrecondition when another process uses them, or when one of them
// cannot be opened and `cache.required` is true. Borrows the clock. Blocks.
// Call it once, from one thread.
absl::StatusOr<Stores> OpenStores(const v1::CacheConfig& config,
                                  const Clock& clock);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_STORES_H_
