#include "server/lookup/call_record.h"

#include <utility>

#include "server/clients/call_context.h"
#include "server/lookup/lookup_options.h"
#include "server/misses/refusals.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {
namespace {

// A lower max_age needs ROLE_REFRESH, because with it hardly any cached answer
// will do and VirusTotal is asked all the time.
constexpr absl::Duration kRefreshAge = absl::Minutes(1);

}  // namespace

CallRecord::CallRecord(const Shared& shared, RpcMethod method,
                       grpc::ServerContextBase* context)
    : shared_(&shared),
      method_(method),
      context_(context),
      origin_(*context),
      began_(MonotonicTime()) {}

CallRecord::CallRecord(const Shared& shared, RpcMethod method,
                       const HttpOrigin& origin)
    : shared_(&shared),
      method_(method),
      context_(nullptr),
      origin_(origin),
      began_(MonotonicTime()) {}

absl::Status CallRecord::Admit(v1::Role role) {
  absl::StatusOr<Caller> caller = shared_->access.Admit(origin_, role);
  if (!caller.ok()) return Noted(caller.status());
  caller_ = *caller;
  return absl::OkStatus();
}

absl::Status CallRecord::Noted(absl::Status status) const {
  if (!status.ok()) {
    shared_->log.TurnedAway(origin_, RpcMethodName(method_), caller_, status);
  }
  return status;
}

CallRecord CallRecord::Item() const {
  CallRecord item = *this;
  item.began_ = MonotonicTime();
  return item;
}

absl::StatusOr<Want> CallRecord::Begin(
    v1::Role role, absl::FunctionRef<absl::StatusOr<Demand>()> read) {
  if (absl::Status admitted = Admit(role); !admitted.ok()) return admitted;
  const absl::StatusOr<Demand> demand = read();
  if (!demand.ok()) return demand.status();
  return Accept(*demand);
}

// The lookups are counted last, so that a request with wrong options costs the
// client nothing.
absl::StatusOr<Want> CallRecord::Accept(const Demand& demand) const {
  absl::StatusOr<Want> want = WantOf(
      demand.options,
      {.lane = demand.usual_lane, .submit_missing = shared_->submit_missing});
  if (!want.ok()) return want;
  if (absl::Status allowed = Permit(demand.options, &*want); !allowed.ok()) {
    return allowed;
  }
  absl::Status counted = Noted(caller_.Spend(demand.lookups, shared_->clock));
  if (!counted.ok()) return counted;
  return want;
}

absl::Status CallRecord::Permit(const v1::LookupOptions& options,
                                Want* want) const {
  if (want->mode == Want::Mode::kRefresh || want->max_age < kRefreshAge) {
    if (absl::Status s = caller_.Require(v1::ROLE_REFRESH); !s.ok()) {
      return Noted(std::move(s));
    }
  }
  if (!want->submit_missing || caller_.may(v1::ROLE_SUBMIT)) {
    return absl::OkStatus();
  }
  // Submitting is the default here, not the caller's wish: so the lookup is not
  // refused, and the URL is not submitted.
  if (options.submit_missing_url()) {
    return Noted(caller_.Require(v1::ROLE_SUBMIT));
  }
  want->submit_missing = false;
  return absl::OkStatus();
}

Requester CallRecord::requester(const Want& want) const {
  const absl::Time now = shared_->clock.Now();
  return {.client = client(),
          .requests_per_day = caller_.requests_per_day(),
          .deadline = now + time_left(),
          .give_up_at = now + want.timeout,
          .trace = origin_.trace()};
}

std::string CallRecord::client() const {
  return caller_.name().empty() ? ClientOf(origin_.peer()) : caller_.name();
}

UnsentBudget::Account CallRecord::OpenUnsent() const {
  return shared_->unsent.Open(client(), origin_.peer());
}

absl::Status CallRecord::TakeUnsent(uint64_t bytes,
                                    UnsentBudget::Account* account) const {
  *account = shared_->unsent.IsSmall(bytes) ? shared_->unsent.OpenSmall()
                                            : OpenUnsent();
  return account->Grow(bytes) ? absl::OkStatus() : NoRoom();
}

absl::Status CallRecord::NoRoom() const {
  absl::Status refusal = RepliesNotRead(shared_->unsent.limit());
  Failed(refusal);
  return refusal;
}

void CallRecord::Answered(const AnswerView& answer) const {
  shared_->traffic.Answered(answer, MonotonicTime() - began_);
}

void CallRecord::Answered(const Traffic::Tally& tally) const {
  shared_->traffic.Answered(tally, MonotonicTime() - began_);
}

void CallRecord::Failed(const absl::Status& failure) const {
  shared_->traffic.Failed(failure);
}

void CallRecord::Settled(const absl::StatusOr<Answer>& answer) const {
  if (answer.ok()) {
    Answered(ViewOf(*answer));
  } else {
    Failed(answer.status());
  }
}

grpc::Status CallRecord::End(const absl::Status& status) const {
  Close(status);
  return ToGrpcStatus(status, context_);
}

void CallRecord::Close(const absl::Status& status) const {
  shared_->traffic.Ended(method_, status.code());
  shared_->log.Ended(origin_, RpcMethodName(method_), caller_, status,
                     MonotonicTime() - began_);
}

}  // namespace vtlookup
