#ifndef VTLOOKUP_SERVER_ADMIN_PLAUSIBLE_H_
#define VTLOOKUP_SERVER_ADMIN_PLAUSIBLE_H_

#include "absl/status/status.h"
#include "core/indicator.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// Whether VirusTotal can have said this about an indicator of the kind: an
// imported entry is served as VirusTotal's word. Everything that a daemon
// exports is plausible. InvalidArgument says what contradicts what. How its
// times stand to the clock is not judged here, only to each other.
absl::Status CheckPlausible(const v1::CacheEntry& entry, Kind kind);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_ADMIN_PLAUSIBLE_H_
