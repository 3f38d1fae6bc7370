#ifndef VTLOOKUP_SERVER_LOOKUP_BATCH_OUTCOMES_H_
#define VTLOOKUP_SERVER_LOOKUP_BATCH_OUTCOMES_H_

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/lookup/fast_path.h"
#include "server/lookup/reply.h"
#include "server/lookup/traffic.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// The outcomes of the items of a batch, in the order of the items. One thread
// at a time.
class BatchOutcomes {
 public:
  // Serialised results of neighbouring items that were found in memory.
  using Run = ReplyBuilder;
  using Outcome = std::variant<Run, Answer, absl::Status, Miss>;

  // `max_bytes`: an answer that would make the reply larger becomes a failure,
  // REPLY_TOO_LARGE.
  BatchOutcomes(v1::View view, uint64_t max_bytes)
      : view_(view), max_bytes_(max_bytes) {}

  // Tries the lookups from `begin` on without waiting, and adds their outcomes.
  // See FastPath::TryMany for `costly` and the result.
  size_t Try(const std::vector<RawIndicator>& asked, const Want& want,
             absl::Time now, FastPath& fast_path, size_t begin = 0,
             size_t costly = FastPath::kAnyNumber);

  // Counts the items that were found in memory.
  const Traffic::Tally& tally() const { return tally_; }
  size_t misses() const { return misses_; }
  std::vector<Outcome>& all() { return all_; }

  // Returns the whole BatchLookupResponse. Call it once. REQUIRES: no outcome
  // is a Miss.
  grpc::ByteBuffer TakeReply();

 private:
  Run& LastRun();
  void Append(const AnswerView& answer, ReplyBuilder* out);

  const v1::View view_;
  const uint64_t max_bytes_;
  uint64_t bytes_ = 0;  // roughly, of the answers that were appended
  std::vector<Outcome> all_;
  size_t misses_ = 0;
  Traffic::Tally tally_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_BATCH_OUTCOMES_H_
