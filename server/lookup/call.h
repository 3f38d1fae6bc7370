#ifndef VTLOOKUP_SERVER_LOOKUP_CALL_H_
#define VTLOOKUP_SERVER_LOOKUP_CALL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "grpcpp/server_context.h"
#include "server/clients/authorizer.h"
#include "server/clients/call_log.h"
#include "server/lookup/traffic.h"
#include "server/transport/unsent_budget.h"
#include "server/verdicts/acceptance.h"
#include "server/verdicts/answer.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A call of LookupService under way: who makes it and what it may do, and what
// is counted and logged of it. Cheap to make and to copy. Thread-safe, once it
// was admitted.
class Call {
 public:
  // What all calls share; borrowed.
  struct Shared {
    Authorizer& access;
    Traffic& traffic;
    CallLog& log;
    UnsentBudget& unsent;
    const Clock& clock;
  };

  // Borrows both; the context lives as long as the call.
  Call(const Shared& shared, Method method, grpc::ServerContextBase* context);

  // First: who calls, and whether it has `role`. The failure is of the call.
  absl::Status Admit(v1::Role role);

  // The same call as of now: for one lookup of a stream.
  Call Item() const;

  // Counts lookups against the caller's limit.
  absl::Status Spend(size_t lookups) const;

  // Whether the caller may have what it wants; what it did not ask for itself
  // is left out instead. Says who it is and how long it waits.
  absl::Status Permit(const v1::LookupOptions& options, Want* want) const;

  // Who it is and how long it waits: only what is not answered at once needs
  // that.
  void Name(Want* want) const;

  // The name of the client, or its host; of a connection on this machine, the
  // connection.
  std::string client() const;

  // Takes room in the UnsentBudget for a reply of `bytes`; `account` must live
  // until the reply is sent. When there is no room, counts a failed lookup and
  // returns ResourceExhausted, REPLIES_NOT_READ.
  absl::Status TakeUnsent(uint64_t bytes, UnsentBudget::Account* account) const;

  // The failure of a stream whose messages have no room; also counts it.
  absl::Status NoRoom() const;

  // An account for the messages of a stream that are not sent yet.
  UnsentBudget::Account OpenUnsent() const;

  // One lookup of it has ended.
  void Answered(const AnswerView& answer) const;
  void Failed(const absl::Status& failure) const;
  // Those of it that were answered at once.
  void Answered(const Traffic::Tally& tally) const;
  // One that was answered or failed.
  void Settled(const absl::StatusOr<Answer>& answer) const;

  // The last: it ends with `status`, which it returns as gRPC's.
  grpc::Status End(const absl::Status& status) const;

 private:
  const Shared* shared_;
  Method method_;
  grpc::ServerContextBase* context_;
  absl::Duration began_;
  // Writes down that the caller was turned away, if it was.
  absl::Status Noted(absl::Status status) const;

  Caller caller_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_CALL_H_
