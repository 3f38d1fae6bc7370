#ifndef VTLOOKUP_SERVER_GATEWAY_LOOKUPS_H_
#define VTLOOKUP_SERVER_GATEWAY_LOOKUPS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/lookup/call_record.h"
#include "server/lookup/fast_path.h"
#include "server/misses/resolver.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/want.h"

namespace vtlookup {

// Returns an answer that outlives its view. Thread-safe.
Answer CopyOf(const AnswerView& view);

// Looks values up for the gateway, in the same way as LookupService does for
// gRPC. Thread-safe; never blocks, but takes a tenth of a millisecond for each
// internationalised name.
class Lookups {
 public:
  // Borrows everything.
  struct Parts {
    FastPath& fast_path;
    Resolver& resolver;
    Loop& loop;
    const Clock& clock;
  };
  explicit Lookups(Parts parts) : parts_(parts) {}

  struct Value {
    Kind kind = Kind::kUrl;
    std::string text;
  };
  // One for each value, in their order: an answer, or the failure of that
  // value alone.
  using Answers = std::vector<absl::StatusOr<Answer>>;
  using Done = absl::AnyInvocable<void(Answers) &&>;

  // Looks all values up, and counts each in the call's record. Runs
  // `done` once: on the caller's thread if nothing had to wait, otherwise on
  // the loop. A value without an answer shortly before the deadline of the call
  // has the failure DeadlineExceeded. If the loop is stopped first, `done` is
  // destroyed without running. `list`: the name of the list in messages.
  void LookUp(const CallRecord& call, const std::vector<Value>& values,
              std::string_view list, const Want& want, Done done);

  // Submits the URLs to VirusTotal, and otherwise does what LookUp does.
  void Submit(const CallRecord& call, const std::vector<std::string>& urls,
              Done done);

 private:
  const Parts parts_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_LOOKUPS_H_
