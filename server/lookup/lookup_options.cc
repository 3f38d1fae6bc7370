#include "server/lookup/lookup_options.h"

#include "server/proto/times.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {

absl::StatusOr<Want> WantOf(const v1::LookupOptions& options,
                            const LookupDefaults& defaults) {
  Want want;
  if (!v1::Priority_IsValid(options.priority())) {
    return BadField("options.priority", "unknown value");
  }
  want.lane = defaults.lane;
  if (options.priority() != v1::PRIORITY_UNSPECIFIED) {
    want.lane = options.priority() == v1::PRIORITY_INTERACTIVE
                    ? Lane::kInteractive
                    : Lane::kBulk;
  }
  want.submit_missing = options.has_submit_missing_url()
                            ? options.submit_missing_url()
                            : defaults.submit_missing;
  switch (options.cache_mode()) {
    case v1::CACHE_MODE_UNSPECIFIED:
      break;
    case v1::CACHE_MODE_ONLY:
      want.mode = Want::Mode::kCacheOnly;
      break;
    case v1::CACHE_MODE_REFRESH:
      want.mode = Want::Mode::kRefresh;
      break;
    default:
      return BadField("options.cache_mode", "unknown value");
  }
  if (!v1::View_IsValid(options.view())) {
    return BadField("options.view", "unknown value");
  }
  want.raw = options.view() == v1::VIEW_RAW;
  want.wait_for_final = ToAbslDuration(options.wait_for_final());
  if (want.wait_for_final < absl::ZeroDuration()) {
    return BadField("options.wait_for_final", "must not be negative");
  }
  if (options.has_timeout()) {
    want.timeout = ToAbslDuration(options.timeout());
    if (want.timeout < absl::ZeroDuration()) {
      return BadField("options.timeout", "must not be negative");
    }
  }
  if (options.has_max_age()) {
    want.max_age = ToAbslDuration(options.max_age());
    if (want.max_age < absl::ZeroDuration()) {
      return BadField("options.max_age", "must not be negative");
    }
    if (want.max_age == absl::ZeroDuration() &&
        want.mode == Want::Mode::kNormal) {
      want.mode = Want::Mode::kRefresh;
    }
  }
  return want;
}

}  // namespace vtlookup
