#include "server/lookup_front.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "server/durations.h"
#include "server/errors.h"
#include "server/indicators.h"

namespace vtlookup {
namespace {

// Where the indicator stands in the request, for messages.
std::string FieldName(int index) {
  return index < 0 ? "indicator" : absl::StrCat("indicators[", index, "]");
}

}  // namespace

LookupFront::LookupFront(Cache& cache, const Upstream& upstream,
                         bool submit_missing)
    : cache_(cache), upstream_(upstream), submit_missing_(submit_missing) {}

absl::StatusOr<Want> LookupFront::WantOf(const v1::LookupOptions& options,
                                         bool batch) const {
  Want want;
  if (!v1::Priority_IsValid(options.priority())) {
    return BadField("options.priority", "unknown value");
  }
  want.interactive = options.priority() == v1::PRIORITY_UNSPECIFIED
                         ? !batch
                         : options.priority() == v1::PRIORITY_INTERACTIVE;
  want.submit_missing = options.has_submit_missing_url()
                            ? options.submit_missing_url()
                            : submit_missing_;
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
    const v1::Indicator& asked) const {
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
  return *std::move(indicator);
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
    if (Accepts(want, indicator, entry, now) ||
        (only && AcceptsInstead(want, entry, now))) {
      return CachedAnswer(indicator, *peeked.found, now);
    }
  }
  if (only && peeked.state != Cache::State::kUnknown) {
    return NotCached();
  }
  return Miss{std::move(indicator), want};
}

}  // namespace vtlookup
