#include "server/operators/admin/entry_filter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/host.h"
#include "core/response_code.h"
#include "core/text.h"
#include "core/url.h"
#include "server/proto/indicator_fields.h"
#include "server/proto/times.h"
#include "server/transport/grpc_status.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {
namespace {

constexpr int kMostIndicators = 10'000;
constexpr Kind kKinds[] = {Kind::kFile, Kind::kUrl, Kind::kDomain, Kind::kIp,
                           Kind::kUrlScan};

absl::StatusOr<std::vector<Indicator>> IndicatorsOf(
    const v1::EntryFilter& filter) {
  if (filter.indicators_size() > kMostIndicators) {
    return BadField("filter.indicators", "must have at most 10,000 indicators");
  }
  std::vector<Indicator> out;
  for (const v1::Indicator& each : filter.indicators()) {
    const std::string at = absl::StrCat("filter.indicators[", out.size(), "]");
    const RawIndicator text = RawIndicatorOf(each);
    if (text.text.empty()) return BadField(at, "no indicator is set");
    absl::StatusOr<Indicator> indicator =
        Indicator::Parse(text.kind, text.text);
    if (!indicator.ok()) {
      return BadField(at, ToStd(indicator.status().message()));
    }
    out.push_back(*std::move(indicator));
  }
  return out;
}

// Returns the domain of a key, or the host of its URL.
std::string_view HostOf(std::string_view key) {
  const auto kind = static_cast<Kind>(key.front());
  key.remove_prefix(1);
  if (kind == Kind::kDomain) return key;
  return kind == Kind::kUrl ? PartsOfUrl(key).host : std::string_view();
}

uint32_t PositivesOf(std::string_view value, const StoredVerdict& head) {
  v1::Verdict summary;
  summary.ParseFromArray(value.data() + StoredVerdict::kHeader,
                         static_cast<int>(head.summary_size));
  return summary.positives();
}

}  // namespace

absl::StatusOr<EntryFilter> EntryFilter::Parse(const v1::EntryFilter& filter) {
  EntryFilter out;
  // The filter of a newer client may have a condition that is unknown here.
  // Without it too many entries would fit.
  if (!filter.GetReflection()->GetUnknownFields(filter).empty()) {
    return BadField("filter", "has a condition that this daemon does not know");
  }
  if (!filter.indicators().empty()) {
    absl::StatusOr<std::vector<Indicator>> indicators = IndicatorsOf(filter);
    if (!indicators.ok()) return indicators.status();
    out.indicators_ = *std::move(indicators);
  }
  if (!filter.kind().empty()) {
    const auto* const kind =
        std::find_if(std::begin(kKinds), std::end(kKinds),
                     [&](Kind k) { return KindName(k) == filter.kind(); });
    if (kind == std::end(kKinds)) {
      return BadField("filter.kind",
                      "must be url, domain, ip, file or url_scan");
    }
    out.kind_ = *kind;
  }
  if (filter.has_response_code()) {
    out.response_code_ = ResponseCodeOf(filter.response_code());
    if (!out.response_code_.has_value()) {
      return BadField("filter.response_code", "must be 1, 0, -1 or -2");
    }
  }
  out.min_age_ = ToAbslDuration(filter.min_age());
  if (out.min_age_ < absl::ZeroDuration()) {
    return BadField("filter.min_age", "must not be negative");
  }
  if (filter.has_min_positives()) out.min_positives_ = filter.min_positives();
  if (!filter.domain().empty()) {
    absl::StatusOr<std::string> domain = CanonicalHostName(filter.domain());
    if (!domain.ok()) return BadField("filter.domain", "must be a domain name");
    out.domain_ = *std::move(domain);
  }
  out.empty_ = !out.indicators_.has_value() && !out.kind_.has_value() &&
               !out.response_code_.has_value() &&
               !out.min_positives_.has_value() && out.domain_.empty() &&
               out.min_age_ == absl::ZeroDuration();
  return out;
}

bool EntryFilter::Fits(std::string_view key, const Entry& entry,
                       absl::Time now) const {
  if (key.empty() || FreshnessAt(entry, now) == Freshness::kGone) return false;
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(*entry.value);
  if (!head.ok()) return false;
  if (kind_.has_value() && static_cast<Kind>(key.front()) != *kind_) {
    return false;
  }
  if (response_code_.has_value() && head->response_code != *response_code_) {
    return false;
  }
  if (entry.stored + min_age_ > now) return false;
  if (!domain_.empty() && !IsWithinDomain(HostOf(key), domain_)) return false;
  return !min_positives_.has_value() ||
         PositivesOf(*entry.value, *head) >= *min_positives_;
}

}  // namespace vtlookup
