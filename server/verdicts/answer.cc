#include "server/verdicts/answer.h"

#include <memory>
#include <utility>

#include "core/response_code.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {

Answer CachedAnswer(const Indicator& indicator, const Cache::Found& found,
                    absl::Time now) {
  return {.kind = indicator.kind(),
          .indicator = std::string(indicator.text()),
          .entry = found.entry,
          .source = found.level == Cache::Level::kMemory ? v1::SOURCE_MEMORY
                                                         : v1::SOURCE_DISK,
          .stale = FreshnessAt(found.entry, now) != Freshness::kFresh};
}

Answer UnusableAnswer(Kind kind, std::string_view text, std::string_view why) {
  v1::Verdict verdict;
  verdict.set_response_code(NumberOf(ResponseCode::kInvalid));
  verdict.set_message(std::string(why));
  Answer answer{.kind = kind,
                .indicator = std::string(text),
                .entry = {},
                .source = v1::SOURCE_LOCAL};
  answer.entry.value = std::make_shared<const std::string>(
      StoredVerdict::Encode(std::move(verdict), 0, false));
  return answer;
}

AnswerView ViewOf(const Answer& answer) {
  const std::string_view value = *answer.entry.value;
  const StoredVerdict head =
      StoredVerdict::Peek(value).value_or(StoredVerdict());
  return {
      .kind = answer.kind,
      .indicator = answer.indicator,
      .summary = value.substr(0, StoredVerdict::kHeader + head.summary_size),
      .head = head,
      .entry = answer.entry,
      .source = answer.source,
      .stale = answer.stale,
      .raw = answer.raw == nullptr ? nullptr : &answer.raw};
}

std::string_view SourceName(v1::Source source) {
  switch (source) {
    case v1::SOURCE_MEMORY:
      return "memory";
    case v1::SOURCE_DISK:
      return "disk";
    case v1::SOURCE_SHARED:
      return "shared";
    case v1::SOURCE_VIRUSTOTAL:
      return "virustotal";
    case v1::SOURCE_LOCAL:
      return "local";
    default:
      return "unspecified";
  }
}

ResponseCode CodeOf(const Entry& entry) {
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(*entry.value);
  return head.ok() ? head->response_code : ResponseCode::kMissing;
}

}  // namespace vtlookup
