#ifndef VTLOOKUP_SERVER_OPERATORS_CACHE_METRICS_H_
#define VTLOOKUP_SERVER_OPERATORS_CACHE_METRICS_H_

#include "cache/cache.h"
#include "cache/raw_reports.h"
#include "cache/rocks_tier.h"
#include "server/operators/metric_families.h"

namespace vtlookup {

// The metrics of the cached verdicts, and of the raw reports beside them.
// Thread-safe.
Families CacheFamilies(const Cache& cache, const RocksTier& disk);
Families RawFamilies(RawReports& raws, const RocksTier& disk);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_CACHE_METRICS_H_
