#ifndef VTLOOKUP_SERVER_VERDICTS_ACCEPTANCE_H_
#define VTLOOKUP_SERVER_VERDICTS_ACCEPTANCE_H_

#include "absl/time/time.h"
#include "cache/entry.h"
#include "core/indicator.h"
#include "core/response_code.h"
#include "server/verdicts/stored_verdict.h"
#include "server/verdicts/want.h"

namespace vtlookup {

// Every rule of "will this cached entry do". All are pure. All are false for an
// entry whose value is not a StoredVerdict.

// Whether the entry answers the lookup without a request to VirusTotal, as
// something fresh.
bool Accepts(const Want& want, const Indicator& indicator, const Entry& entry,
             absl::Time now);
// Like the function above, for a caller that has read the `head` of the value.
bool Accepts(const Want& want, Kind kind, const Entry& entry,
             const StoredVerdict& head, absl::Time now);

// Whether the entry, fresh or stale, may stand in for an answer when VirusTotal
// cannot or must not be asked.
bool AcceptsInstead(const Want& want, const Entry& entry, absl::Time now);

// Whether the lookup would rather wait for a final verdict than have one with
// this code.
bool IsHeldBack(const Want& want, ResponseCode code);

// Whether the lookup ends with this entry and waits for nothing.
bool AnswersAtOnce(const Want& want, const Indicator& indicator,
                   const Entry& entry, absl::Time now);

// Whether `previous`, which was cached when a request to VirusTotal began, may
// stand in for its answer. `current` is what is cached now, or null. When an
// operator has purged the entry meanwhile, `current` is an entry that is gone.
bool StillStandsIn(const Want& want, const Entry& previous,
                   const Entry* current, absl::Time now);

// Whether the entry is fresh and in the last tenth of its time.
bool SoonExpires(const Entry& entry, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_ACCEPTANCE_H_
