#ifndef VTLOOKUP_SERVER_VERDICTS_ANSWER_H_
#define VTLOOKUP_SERVER_VERDICTS_ANSWER_H_

#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "core/indicator.h"
#include "core/response_code.h"
#include "server/verdicts/stored_verdict.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// One answer, ready to be sent: the stored verdict, shared with the cache, and
// the fields for this call. The functions in this file are thread-safe.
struct Answer {
  Kind kind = Kind::kUrl;
  std::string indicator;  // canonical; as it came when it is unusable
  Entry entry;            // `value` is a StoredVerdict
  v1::Source source = v1::SOURCE_UNSPECIFIED;
  bool stale = false;
  // The report as a RawReport. Null when it is not known, or when the lookup
  // did not ask for it (Want::raw).
  Bytes raw = nullptr;
};

// A view of an answer, without a copy; valid only as long as the answer.
struct AnswerView {
  Kind kind;
  std::string_view indicator;
  std::string_view summary;  // header and summary of the entry's value
  StoredVerdict head;        // the header of entry.value
  const Entry& entry;
  v1::Source source;
  bool stale;
  const Bytes* raw = nullptr;  // of the answer; null: none
};
AnswerView ViewOf(const Answer& answer);

// Receives an answer or a failure for one waiter; called once.
using OnAnswer = absl::AnyInvocable<void(absl::StatusOr<Answer>) &&>;

// Returns the answer that a cached entry is for `indicator`.
Answer CachedAnswer(const Indicator& indicator, const Cache::Found& found,
                    absl::Time now);

// Returns an answer with response code -1: the value is unusable, and no cache
// nor VirusTotal was asked.
Answer UnusableAnswer(Kind kind, std::string_view text, std::string_view why);

// Returns `memory`, `disk`, `shared`, `virustotal` or `local`: for logs and
// metrics.
std::string_view SourceName(v1::Source source);

// Returns the response code of an entry; kMissing when its value is not a
// StoredVerdict.
ResponseCode CodeOf(const Entry& entry);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_ANSWER_H_
