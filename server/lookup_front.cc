#include "server/lookup_front.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "server/durations.h"
#include "server/errors.h"
#include "server/indicators.h"
#include "server/refusal.h"
#include "server/stored_verdict.h"

namespace vtlookup {
namespace {

// Where the indicator stands in the request, for messages.
std::string FieldName(int index) {
  return index < 0 ? "indicator" : absl::StrCat("indicators[", index, "]");
}

// Whether the caller would rather wait for a final verdict.
bool IsHeldBack(const Want& want, const Entry& entry) {
  if (want.wait_for_final <= absl::ZeroDuration()) return false;
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(*entry.value);
  return head.ok() && head->response_code == -2;
}

}  // namespace

LookupFront::LookupFront(Options options, Cache& cache,
                         const Upstream& upstream, PrivacyGate& privacy)
    : options_(std::move(options)),
      cache_(cache),
      upstream_(upstream),
      privacy_(privacy) {}

absl::StatusOr<Want> LookupFront::WantOf(const v1::LookupOptions& options,
                                         Lane usual) const {
  Want want;
  if (!v1::Priority_IsValid(options.priority())) {
    return BadField("options.priority", "unknown value");
  }
  want.lane = usual;
  if (options.priority() != v1::PRIORITY_UNSPECIFIED) {
    want.lane = options.priority() == v1::PRIORITY_INTERACTIVE
                    ? Lane::kInteractive
                    : Lane::kBulk;
  }
  want.submit_missing = options.has_submit_missing_url()
                            ? options.submit_missing_url()
                            : options_.submit_missing;
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
  want.wait_for_final = ToAbslDuration(options.wait_for_final());
  if (want.wait_for_final < absl::ZeroDuration()) {
    return BadField("options.wait_for_final", "must not be negative");
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

std::variant<Indicator, Answer, LookupFront::Mistake> LookupFront::Parse(
    const v1::Indicator& asked) {
  const std::optional<AskedText> text = AskedTextOf(asked);
  if (!text.has_value() || text->text.empty()) {
    return Mistake{"no indicator is set"};
  }
  if (text->text.size() > Indicator::kMaxText) {
    return Mistake{"longer than 16 KiB"};
  }
  absl::StatusOr<Indicator> indicator =
      Indicator::Parse(text->kind, text->text);
  if (!indicator.ok()) {
    return UnusableAnswer(text->kind, text->text,
                          ToStd(indicator.status().message()));
  }
  if (absl::Status status = upstream_.CanAsk(*indicator); !status.ok()) {
    return UnusableAnswer(indicator->kind(), indicator->text(),
                          ToStd(status.message()));
  }
  std::string why;
  std::optional<Indicator> passed = privacy_.Pass(*indicator, &why);
  if (!passed.has_value()) {
    return UnusableAnswer(indicator->kind(), indicator->text(), why);
  }
  return *std::move(passed);
}

// In the last tenth of its time, what has been hit before.
void LookupFront::HintRefresh(const Indicator& indicator,
                              const Cache::Found& found, absl::Time now) {
  const Entry& entry = found.entry;
  const absl::Duration lifetime = entry.fresh_until - entry.stored;
  if (options_.refresh_ahead && entry.fresh_until - now < lifetime / 10 &&
      FreshnessAt(entry, now) == Freshness::kFresh &&
      cache_.ClaimRefresh(indicator.key())) {
    options_.refresh_ahead(indicator);
  }
}

LookupFront::Outcome LookupFront::Try(const v1::Indicator& asked, int index,
                                      const Want& want, absl::Time now) {
  auto parsed = Parse(asked);
  if (auto* answer = std::get_if<Answer>(&parsed)) return std::move(*answer);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    return BadField(FieldName(index), mistake->what);
  }
  Indicator& indicator = std::get<Indicator>(parsed);
  // A refresh wants nothing that is here.
  if (want.mode == Want::Mode::kRefresh) {
    return Miss{std::move(indicator), want};
  }
  Cache::Peeked peeked = cache_.Peek(indicator.key());
  const bool only = want.mode == Want::Mode::kCacheOnly;
  if (peeked.state == Cache::State::kFound) {
    const Entry& entry = peeked.found->entry;
    const bool held_back = !only && IsHeldBack(want, entry);
    if (!held_back && (Accepts(want, indicator, entry, now) ||
                       (only && AcceptsInstead(want, entry, now)))) {
      HintRefresh(indicator, *peeked.found, now);
      return CachedAnswer(indicator, *peeked.found, now);
    }
  }
  if (only && peeked.state != Cache::State::kUnknown) {
    return NotCached();
  }
  return Miss{std::move(indicator), want};
}

}  // namespace vtlookup
