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
// what is said beside it for this call.
struct Answer {
  Kind kind = Kind::kUrl;
  std::string indicator;  // canonical; as asked when it is unusable
  Entry entry;            // `value` is a StoredVerdict
  v1::Source source = v1::SOURCE_UNSPECIFIED;
  bool stale = false;
};

// The same where it lies, without a copy; good for the moment only.
struct AnswerView {
  Kind kind;
  std::string_view indicator;
  std::string_view summary;  // header and summary of the entry's value
  StoredVerdict head;        // of `value`
  const Entry& entry;
  v1::Source source;
  bool stale;
};
AnswerView ViewOf(const Answer& answer);

// Who waits for an answer, or for a failure; told once.
using OnAnswer = absl::AnyInvocable<void(absl::StatusOr<Answer>) &&>;

// The answer that `found` is to whoever asked for `indicator`.
Answer CachedAnswer(const Indicator& indicator, const Cache::Found& found,
                    absl::Time now);

// Response code -1: the value is unusable, and nothing was asked anywhere.
Answer UnusableAnswer(Kind kind, std::string_view text, std::string_view why);

// `memory`, `disk`, `shared`, `virustotal`, `local`: for logs and metrics.
std::string_view SourceName(v1::Source source);

// The response code of an entry whose value is a StoredVerdict; kMissing when
// it is not one.
ResponseCode CodeOf(const Entry& entry);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_ANSWER_H_
