#ifndef VTLOOKUP_SERVER_LOOKUP_LOOKUP_OPTIONS_H_
#define VTLOOKUP_SERVER_LOOKUP_LOOKUP_OPTIONS_H_

#include "absl/status/statusor.h"
#include "server/verdicts/want.h"
#include "virustotal/keys/lane.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// The values that apply when a request does not set the option.
struct LookupDefaults {
  Lane lane = Lane::kInteractive;
  bool submit_missing = false;
};

// Reads the options of a request. InvalidArgument, BAD_REQUEST, with the name
// of the field, when a field has an unknown value or a negative duration. Pure.
absl::StatusOr<Want> WantOf(const v1::LookupOptions& options,
                            const LookupDefaults& defaults);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_LOOKUP_OPTIONS_H_
