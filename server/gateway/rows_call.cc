#include "server/gateway/rows_call.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "server/gateway/json.h"
#include "server/gateway/replies.h"
#include "server/misses/refusals.h"
#include "server/transport/grpc_status.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {
namespace {

// Records that a task plans before other requests get their turn.
constexpr size_t kStep = 256;
// Rows are given to the stream in pieces of this size, or smaller ones when the
// next row is not ready.
constexpr size_t kPiece = size_t{64} << 10;
constexpr size_t kRowOverhead = 100;  // bytes of a planned row, about
constexpr char kTrailer[] = "VTLookup-Rows";

}  // namespace

RowsCall::RowsCall(RowsShared& shared, Job job,
                   std::shared_ptr<GatewayRequest> request,
                   const CallRecord& call, std::shared_ptr<HttpStream> stream)
    : shared_(shared),
      job_(std::move(job)),
      request_(std::move(request)),
      call_(call),
      stream_(std::move(stream)),
      splitter_(*job_.format, kLongestRecord,
                ", or use `vtlookup enrich` (64 MiB)"),
      recent_(job_.lookup == v1::DNIF_LOOKUP_POST_SCAN_URL),
      output_(*job_.format, job_.lookup, shared.counts, recent_),
      account_(call.OpenUnsent()) {
  splitter_.BeginFile("");
}

RowsCall::~RowsCall() { shared_.held.fetch_sub(held_); }

void RowsCall::Start() {
  MutexLock lock(mu_);
  ReadOn(/*starved=*/true);
}

void RowsCall::Leave() {
  MutexLock lock(mu_);
  leaving_ = true;
  Schedule();
}

// --- What the server's thread brings -----------------------------------------

void RowsCall::OnPiece(std::string piece, bool last) {
  MutexLock lock(mu_);
  reading_ = false;
  all_came_ = last;
  input_bytes_ += piece.size();
  if (!piece.empty()) input_.push_back(std::move(piece));
  SetHeld(held_by_task_);
  ReadOn(/*starved=*/false);
  Schedule();
}

void RowsCall::OnSent(size_t bytes) {
  MutexLock lock(mu_);
  unsent_ -= bytes;
  account_.Shrink(bytes);
  Schedule();
}

void RowsCall::OnOver(bool whole) {
  std::deque<std::shared_ptr<Batch>> batches;
  {
    MutexLock lock(mu_);
    over_ = true;
    input_.clear();
    account_ = {};
    batches.swap(batches_);
    for (const auto& batch : batches) shared_.lookups.Cancel(batch->waiting);
  }
  Close(whole ? absl::OkStatus() : absl::CancelledError("the client has left"));
}

bool RowsCall::Working() const {
  MutexLock lock(mu_);
  return waiting_ > 0 || working_;
}

void RowsCall::SetHeld(size_t by_task) {
  held_by_task_ = by_task;
  const size_t now = input_bytes_ + by_task;
  // Unsigned: when `now` is smaller, the sum wraps and so subtracts.
  shared_.held.fetch_add(now - held_);
  held_ = now;
}

// `starved`: the call has no rows and no input. It reads on even if other calls
// hold all the room; otherwise a record could never be completed.
void RowsCall::ReadOn(bool starved) {
  if (reading_ || all_came_ || over_ || leaving_ || held_ >= kMaxHeld) return;
  if (!starved && held_ >= kAlwaysHeld &&
      shared_.held.load() >= kMaxHeldOfAll) {
    return;
  }
  reading_ = true;
  stream_->Read();
}

// Counts the end of the call, once.
void RowsCall::Close(const absl::Status& status) {
  {
    MutexLock lock(mu_);
    if (std::exchange(closed_, true)) return;
  }
  call_.Close(status);
}

// --- The task ----------------------------------------------------------------

void RowsCall::Schedule() {
  if (over_) return;
  if (working_) {
    again_ = true;
    return;
  }
  working_ = true;
  shared_.workers.Run([self = shared_from_this()] { self->Work(); });
}

void RowsCall::Work() {
  {
    MutexLock lock(mu_);
    again_ = false;
    if (leaving_ && !input_ended_ && failure_.ok()) failure_ = ShuttingDown();
  }
  WriteRows();
  const bool more = Plan();
  WriteRows();
  EndIfDone();
  {
    MutexLock lock(mu_);
    SetHeld(splitter_.held() + chunk_left_ + planned_bytes_);
    leaving_ = leaving_ || !failure_.ok();
    ReadOn(rows_.empty() && input_.empty());
    working_ = !over_ && (again_ || more);
    if (!working_) return;
  }
  // Other requests get their turn first.
  shared_.workers.Run([self = shared_from_this()] { self->Work(); });
}

bool RowsCall::MayPlan(size_t more) {
  MutexLock lock(mu_);
  return !over_ && waiting_ + more < kMaxWaiting &&
         planned_cost_ + unsent_ < kMaxUnsent &&
         !(unsent_ > 0 && account_.crowded());
}

// Plans some records. Returns whether further ones can be planned at once.
bool RowsCall::Plan() {
  std::vector<std::shared_ptr<RowAnswer>> fresh;
  size_t lookups = 0;
  bool more = true;
  for (size_t n = 0; n < kStep && more; ++n) {
    more = failure_.ok() && MayPlan(fresh.size()) && HasRecord();
    if (!more) break;
    failure_ = PlanRecord(&fresh);
    if (!failure_.ok()) break;
    lookups += rows_.back().answer != nullptr ? 1 : 0;
  }
  if (lookups > 0) Ask(std::move(fresh), lookups);
  return more;
}

// Makes `chunk_` have a record at `next_`. False when none has come whole, or
// none will come.
bool RowsCall::HasRecord() {
  while (chunk_ == nullptr || next_ == chunk_->records.size()) {
    chunk_ = nullptr;
    chunk_left_ = 0;
    next_ = 0;
    if (input_ended_ || !TakeInput()) return false;
    absl::StatusOr<std::unique_ptr<Chunk>> taken = splitter_.Take(at_end_);
    if (!taken.ok()) {
      failure_ = BadField("body", ToStd(taken.status().message()));
      return false;
    }
    chunk_ = *std::move(taken);
    if (chunk_ != nullptr) chunk_left_ = chunk_->bytes.size();
    input_ended_ = at_end_ && chunk_ == nullptr;
  }
  return true;
}

// Gives the splitter what has come next. False when nothing has.
bool RowsCall::TakeInput() {
  if (at_end_) return true;
  std::string piece;
  {
    MutexLock lock(mu_);
    at_end_ = input_.empty() && all_came_;
    if (at_end_) return true;
    if (input_.empty()) return false;
    piece = std::move(input_.front());
    input_.pop_front();
    input_bytes_ -= piece.size();
  }
  splitter_.Add(piece);
  return true;
}

// Plans the next record. `fresh` gets the answer that must be asked for, if
// any. A failure says why nothing behind the record can be read.
absl::Status RowsCall::PlanRecord(
    std::vector<std::shared_ptr<RowAnswer>>* fresh) {
  PlannedRow row{.chunk = chunk_, .record = chunk_->records[next_++]};
  chunk_left_ -= row.size();
  row.cost = row.size() + kRowOverhead;
  absl::StatusOr<RowFormat::Parsed> parsed = RowFormat::Parsed();
  if (row.record.text.empty()) {
    row.kind = PlannedRow::Kind::kBlank;
  } else {
    parsed = job_.format->Parse(row.record.text);
  }
  if (absl::IsDataLoss(parsed.status())) {
    return BadField("body", absl::StrCat("line ", row.record.line, ": ",
                                         parsed.status().message()));
  }
  if (!parsed.ok()) {
    row.kind = PlannedRow::Kind::kNotRow;
  } else if (row.kind == PlannedRow::Kind::kRow) {
    row.has_ours = parsed->has_ours;
    if (parsed->values[0].has_value()) {
      auto [answer, is_new] = recent_.Find(*parsed->values[0]);
      if (is_new) fresh->push_back(answer);
      row.answer = std::move(answer);
      if (row.ready() && row.answer->answer.ok()) {
        row.cost += row.answer->answer->entry.value->size();
      }
    }
  }
  planned_bytes_ += row.size();
  planned_cost_ += row.cost;
  rows_.push_back(std::move(row));
  return absl::OkStatus();
}

// Begins the lookups of `rows` rows that were planned together.
void RowsCall::Ask(std::vector<std::shared_ptr<RowAnswer>> fresh, size_t rows) {
  const CallRecord item = call_.Item();
  const absl::StatusOr<Want> want =
      item.Accept({job_.options, Lane::kBulk, rows});
  const auto batch = std::make_shared<Batch>();
  std::vector<std::string> values;
  values.reserve(fresh.size());
  for (const auto& answer : fresh) values.push_back(answer->value);
  batch->answers = std::move(fresh);
  batch->left = values.size();
  {
    MutexLock lock(mu_);
    if (over_) return;
    waiting_ += values.size();
    batches_.push_back(batch);
  }
  if (!want.ok()) {
    for (size_t i = 0; i < values.size(); ++i) {
      item.Failed(want.status());
      OnAnswer(*batch, i, want.status());
    }
    return;
  }
  RowLookups::Waiting waiting;
  shared_.lookups.Ask(
      item, job_.lookup, values, *want,
      [self = shared_from_this(), batch](size_t index,
                                         absl::StatusOr<Answer> answer) {
        self->OnAnswer(*batch, index, std::move(answer));
      },
      &waiting);
  MutexLock lock(mu_);
  batch->waiting = waiting;
  if (over_) shared_.lookups.Cancel(waiting);
}

// On the loop, or within a task.
void RowsCall::OnAnswer(Batch& batch, size_t index,
                        absl::StatusOr<Answer> answer) {
  RowAnswer& row = *batch.answers[index];
  row.answer = std::move(answer);
  row.done.store(true, std::memory_order_release);
  MutexLock lock(mu_);
  --waiting_;
  --batch.left;
  while (!batches_.empty() && batches_.front()->left == 0) {
    batches_.pop_front();
  }
  Schedule();
}

bool RowsCall::HasRoom() {
  MutexLock lock(mu_);
  return !over_ && unsent_ < kMaxUnsent && !(unsent_ > 0 && account_.crowded());
}

// Writes the rows at the front that are answered, while there is room.
void RowsCall::WriteRows() {
  bool room = HasRoom();
  while (room && !rows_.empty() && rows_.front().ready()) {
    output_.Add(rows_.front());
    planned_bytes_ -= rows_.front().size();
    planned_cost_ -= rows_.front().cost;
    rows_.pop_front();
    if (output_.size() >= kPiece) room = Flush() && HasRoom();
  }
  Flush();
}

// Gives the output to the stream. False when the call is over.
bool RowsCall::Flush() {
  std::string piece = output_.Take();
  if (piece.empty()) return true;
  absl::Status refused;
  {
    MutexLock lock(mu_);
    if (over_) return false;
    if (account_.Grow(piece.size())) {
      unsent_ += piece.size();
    } else {
      over_ = true;
      refused = call_.NoRoom();
    }
  }
  if (!refused.ok()) {
    // The client notices the cut and can send its rows again.
    stream_->Cut();
    Close(refused);
    return false;
  }
  Begin();
  stream_->Write(std::move(piece));
  return true;
}

void RowsCall::Begin() {
  if (std::exchange(begun_, true)) return;
  shared_.count(200);
  stream_->Begin({.status = 200,
                  .content_type = job_.content_type,
                  .headers = {{"Trailer", kTrailer}}});
}

// Ends the answer when all rows that were planned are written, and no further
// ones will be.
void RowsCall::EndIfDone() {
  if (!rows_.empty() || (failure_.ok() && !input_ended_)) {
    return;
  }
  {
    MutexLock lock(mu_);
    if (over_) return;
  }
  if (failure_.ok()) {
    output_.AddHead();
    if (!Flush()) return;
    Begin();
    stream_->End({{kTrailer, output_.Summary()}});
  } else if (begun_) {
    stream_->Cut();
  } else {
    call_.Failed(failure_);
    const GatewayReply reply = ErrorReply(failure_);
    shared_.count(reply.status);
    stream_->Reply(reply);
  }
  Close(failure_);
  MutexLock lock(mu_);
  over_ = true;
}

}  // namespace vtlookup
