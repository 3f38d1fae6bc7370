#ifndef VTLOOKUP_SERVER_GATEWAY_ROW_LOOKUPS_H_
#define VTLOOKUP_SERVER_GATEWAY_ROW_LOOKUPS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/gateway/lookups.h"
#include "server/lookup/call_record.h"
#include "server/misses/resolver.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/want.h"
#include "vtlookup/v1/dnif.pb.h"

namespace vtlookup {

// Looks up the values of rows: as Lookups does, but each answer comes as soon
// as there is one, and lookups that wait can be cancelled. Thread-safe; never
// blocks, but takes a tenth of a millisecond for each internationalised name.
class RowLookups {
 public:
  explicit RowLookups(Lookups::Parts parts) : parts_(parts) {}

  // Takes the answer, or the failure, of the value with this index. Runs once
  // for each value: on the caller's thread for what need not wait, otherwise on
  // the loop. If the loop is stopped first, it is destroyed without running.
  using Take = std::function<void(size_t index, absl::StatusOr<Answer> answer)>;

  // The lookups of one Ask that wait, for Cancel.
  struct Waiting {
    Resolver::WaiterId first = 0;
    size_t count = 0;
  };

  // Looks the values up, and counts each in the record of the call.
  // DNIF_LOOKUP_POST_SCAN_URL submits them to VirusTotal instead. A lookup
  // waits for its turn as long as `want.timeout` says. `waiting`, which gets
  // what Cancel needs, is set before `take` can run on the loop.
  void Ask(const CallRecord& call, v1::DnifLookup lookup,
           const std::vector<std::string>& values, const Want& want,
           const Take& take, Waiting* waiting) const;

  // Ends the lookups that still wait with Cancelled, soon and on the loop.
  void Cancel(const Waiting& waiting) const {
    if (waiting.count > 0) {
      parts_.resolver.Cancel(waiting.first, waiting.count);
    }
  }

 private:
  void LookUp(const CallRecord& call, v1::DnifLookup lookup,
              const std::vector<std::string>& values, const Want& want,
              const Take& take, Waiting* waiting) const;
  void Submit(const CallRecord& call, const std::vector<std::string>& urls,
              const Want& want, const Take& take, Waiting* waiting) const;
  Waiting Reserve(size_t count) const {
    return {.first = parts_.resolver.ReserveIds(count), .count = count};
  }

  const Lookups::Parts parts_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_ROW_LOOKUPS_H_
