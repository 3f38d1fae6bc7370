#include "server/verdicts/ttl_policy.h"

#include <algorithm>

#include "core/fnv.h"
#include "core/response_code.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

constexpr double kJitter = 0.1;

// Returns a number from 1 - kJitter to 1 + kJitter. It depends on the key only,
// so it survives restarts.
double JitterOf(std::string_view key) {
  const double unit =
      static_cast<double>(Fnv1a(key) >> 11) / 9007199254740992.0;
  return 1 - kJitter + 2 * kJitter * unit;
}

absl::Duration OrElse(const google::protobuf::Duration& own,
                      const google::protobuf::Duration& general) {
  const absl::Duration duration = ToAbslDuration(own);
  return duration > absl::ZeroDuration() ? duration : ToAbslDuration(general);
}

absl::Duration PresentTtl(Kind kind, const v1::TtlConfig& ttl) {
  const v1::KindTtlConfig& by_kind = ttl.present_by_kind();
  switch (kind) {
    case Kind::kUrl:
    case Kind::kUrlScan:
      return OrElse(by_kind.url(), ttl.present());
    case Kind::kDomain:
      return OrElse(by_kind.domain(), ttl.present());
    case Kind::kIp:
      return OrElse(by_kind.ip(), ttl.present());
    case Kind::kFile:
      return OrElse(by_kind.file(), ttl.present());
  }
  return ToAbslDuration(ttl.present());
}

absl::Duration QueuedTtl(int polls, const v1::TtlConfig& ttl) {
  const absl::Duration longest = ToAbslDuration(ttl.queued_max());
  absl::Duration duration = ToAbslDuration(ttl.queued());
  for (int i = 0; i < polls && duration < longest; ++i) duration *= 2;
  return std::min(duration, longest);
}

}  // namespace

Lifetime LifetimeOf(const v1::Verdict& verdict, const Indicator& indicator,
                    int queued_polls, const v1::CacheConfig& config) {
  const v1::TtlConfig& ttl = config.ttl();
  absl::Duration fresh;
  absl::Duration stale;
  switch (
      ResponseCodeOf(verdict.response_code()).value_or(ResponseCode::kQueued)) {
    case ResponseCode::kPresent:
      fresh = PresentTtl(indicator.kind(), ttl);
      stale = ToAbslDuration(verdict.positives() > 0 ? config.stale().detected()
                                                     : config.stale().other());
      break;
    case ResponseCode::kMissing:
      fresh = ToAbslDuration(ttl.missing());
      stale = ToAbslDuration(config.stale().other());
      break;
    case ResponseCode::kInvalid:
      fresh = ToAbslDuration(ttl.invalid());
      stale = ToAbslDuration(config.stale().other());
      break;
    case ResponseCode::kQueued:  // a late "queued" would be wrong
      fresh = QueuedTtl(queued_polls, ttl);
      stale = absl::ZeroDuration();
      break;
  }
  fresh *= JitterOf(indicator.key());
  return {fresh, fresh + stale};
}

}  // namespace vtlookup
