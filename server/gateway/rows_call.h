#ifndef VTLOOKUP_SERVER_GATEWAY_ROWS_CALL_H_
#define VTLOOKUP_SERVER_GATEWAY_ROWS_CALL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "client/rows/format.h"
#include "client/rows/record_splitter.h"
#include "core/mutex.h"
#include "server/gateway/http_stream.h"
#include "server/gateway/message.h"
#include "server/gateway/recent_answers.h"
#include "server/gateway/row_lookups.h"
#include "server/gateway/rows_output.h"
#include "server/gateway/workers.h"
#include "server/lookup/call_record.h"
#include "server/transport/unsent_budget.h"
#include "vtlookup/v1/dnif.pb.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// What all calls for rows share. Borrowed by them.
struct RowsShared {
  RowLookups lookups;
  GatewayWorkers& workers;
  RowCounts counts = {};
  std::atomic<uint64_t> held = 0;  // bytes of bodies that the calls hold
  // Counts an answer, with its HTTP status. Thread-safe.
  std::function<void(int status)> count;
};

// A call of /v1/rows: takes rows as they come, looks their values up, and sends
// the rows with what the lookups add, in the order in which they came, each as
// soon as it and those before it are answered.
//
// The work (parsing, rendering) is done by tasks of `RowsShared::workers`, one
// at a time for each call; a task does a bounded part of it, so that other
// requests get their turn. The server's thread brings the body (OnPiece) and
// says what was sent; the loop brings answers. `mu_` guards what these threads
// share; everything else belongs to the task.
//
// Memory is bounded: the body is read only while there is room for it, and rows
// are planned only while few answers are unsent and few lookups wait.
class RowsCall final : public HttpStreamUser,
                       public std::enable_shared_from_this<RowsCall> {
 public:
  // Bytes of the body that a call may hold: a client that sends its whole body
  // before it reads the answer needs this much room for it.
  static constexpr size_t kMaxHeld = size_t{4} << 20;
  // A call that holds kAlwaysHeld or more reads on only while all calls
  // together hold less than this, unless it has nothing else to do.
  static constexpr uint64_t kMaxHeldOfAll = uint64_t{64} << 20;
  static constexpr size_t kAlwaysHeld = size_t{128} << 10;
  // The longest record. Many times the length of VirusTotal's longest URLs.
  static constexpr size_t kLongestRecord = size_t{1} << 20;
  // Bytes of rows that are planned or unsent. Enough to keep a fast client busy
  // between two tasks.
  static constexpr size_t kMaxUnsent = size_t{1} << 20;
  // Lookups that wait: as many as `vtlookup enrich` has waiting, so that with a
  // free key's four requests a minute each gets its turn within an hour.
  static constexpr size_t kMaxWaiting = 200;

  struct Job {
    v1::DnifLookup lookup = v1::DNIF_LOOKUP_UNSPECIFIED;
    std::unique_ptr<RowFormat> format;  // with one lookup
    std::string content_type;           // of the body and of the answer
    v1::LookupOptions options;
  };

  // Borrows `shared`. `call` was admitted, and refers to `request`.
  RowsCall(RowsShared& shared, Job job, std::shared_ptr<GatewayRequest> request,
           const CallRecord& call, std::shared_ptr<HttpStream> stream);
  ~RowsCall() override;

  // Asks for the body. Called once.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  // The daemon stops: takes no further rows, and ends the answer behind those
  // that were taken, in such a way that the client notices. Any thread.
  void Leave() ABSL_LOCKS_EXCLUDED(mu_);

  void OnPiece(std::string piece, bool last) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnSent(size_t bytes) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnOver(bool whole) override ABSL_LOCKS_EXCLUDED(mu_);
  bool Working() const override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Lookups that were begun together. `left` of them wait.
  struct Batch {
    std::vector<std::shared_ptr<RowAnswer>> answers;
    RowLookups::Waiting waiting;
    size_t left = 0;
  };

  // The tasks.
  void Schedule() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Work() ABSL_LOCKS_EXCLUDED(mu_);
  bool Plan() ABSL_LOCKS_EXCLUDED(mu_);
  bool MayPlan(size_t more) ABSL_LOCKS_EXCLUDED(mu_);
  bool HasRecord() ABSL_LOCKS_EXCLUDED(mu_);
  bool TakeInput() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status PlanRecord(std::vector<std::shared_ptr<RowAnswer>>* fresh);
  void Ask(std::vector<std::shared_ptr<RowAnswer>> fresh, size_t rows)
      ABSL_LOCKS_EXCLUDED(mu_);
  void OnAnswer(Batch& batch, size_t index, absl::StatusOr<Answer> answer)
      ABSL_LOCKS_EXCLUDED(mu_);
  void WriteRows() ABSL_LOCKS_EXCLUDED(mu_);
  bool HasRoom() ABSL_LOCKS_EXCLUDED(mu_);
  bool Flush() ABSL_LOCKS_EXCLUDED(mu_);
  void Begin();
  void EndIfDone() ABSL_LOCKS_EXCLUDED(mu_);

  void Close(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void ReadOn(bool starved) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SetHeld(size_t by_task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  RowsShared& shared_;
  const Job job_;
  const std::shared_ptr<GatewayRequest> request_;
  const CallRecord call_;  // all rows together
  const std::shared_ptr<HttpStream> stream_;

  // Of the task.
  RecordSplitter splitter_;
  std::shared_ptr<const Chunk> chunk_;  // its records from next_ on are next
  size_t next_ = 0;
  size_t chunk_left_ = 0;     // bytes of those records
  bool at_end_ = false;       // the splitter has all that came
  bool input_ended_ = false;  // all records were planned
  absl::Status failure_;      // why no further record is planned
  std::deque<PlannedRow> rows_;
  size_t planned_bytes_ = 0;  // of `rows_`, as they came
  size_t planned_cost_ = 0;   // of `rows_`
  RecentAnswers recent_;
  RowsOutput output_;
  bool begun_ = false;  // the answer has begun

  mutable Mutex mu_;
  std::deque<std::string> input_ ABSL_GUARDED_BY(mu_);  // not yet split
  size_t input_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  size_t held_ ABSL_GUARDED_BY(mu_) = 0;  // of the body, the task's part too
  size_t held_by_task_ ABSL_GUARDED_BY(mu_) = 0;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;  // a piece was asked for
  bool all_came_ ABSL_GUARDED_BY(mu_) = false;
  bool leaving_ ABSL_GUARDED_BY(mu_) = false;  // no further row is taken
  size_t unsent_ ABSL_GUARDED_BY(mu_) = 0;
  UnsentBudget::Account account_ ABSL_GUARDED_BY(mu_);  // has `unsent_`
  size_t waiting_ ABSL_GUARDED_BY(mu_) = 0;
  std::deque<std::shared_ptr<Batch>> batches_ ABSL_GUARDED_BY(mu_);
  bool working_ ABSL_GUARDED_BY(mu_) = false;  // a task runs or will run
  bool again_ ABSL_GUARDED_BY(mu_) = false;    // another one must follow
  bool over_ ABSL_GUARDED_BY(mu_) = false;     // nothing is made any more
  bool closed_ ABSL_GUARDED_BY(mu_) = false;   // call_ knows its end
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_ROWS_CALL_H_
