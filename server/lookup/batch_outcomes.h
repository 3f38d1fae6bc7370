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

// What the items of a batch came to, in their order.
class BatchOutcomes {
 public:
  // Neighbours that were in memory are one run, and serialised already.
  using Run = ReplyBuilder;
  using Outcome = std::variant<Run, Answer, absl::Status, Miss>;

  // Answers beyond `max_bytes` become failures, REPLY_TOO_LARGE.
  BatchOutcomes(v1::View view, uint64_t max_bytes)
      : view_(view), max_bytes_(max_bytes) {}

  // Tries the lookups from `begin` on without waiting. `costly` and the result
  // are those of FastPath::TryMany.
  size_t Try(const std::vector<AskedText>& asked, const Want& want,
             absl::Time now, FastPath& fast_path, size_t begin = 0,
             size_t costly = FastPath::kAnyNumber);

  // Those that were in memory.
  const Traffic::Tally& tally() const { return tally_; }
  size_t misses() const { return misses_; }
  std::vector<Outcome>& all() { return all_; }

  // The whole BatchLookupResponse, once; no outcome is a Miss any more.
  grpc::ByteBuffer TakeReply();

 private:
  Run& LastRun();
  void Append(const AnswerView& answer, ReplyBuilder* out);

  const v1::View view_;
  const uint64_t max_bytes_;
  uint64_t bytes_ = 0;  // of the appended answers, roughly
  std::vector<Outcome> all_;
  size_t misses_ = 0;
  Traffic::Tally tally_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_BATCH_OUTCOMES_H_
