#ifndef VTLOOKUP_SERVER_LOOKUP_CALL_H_
#define VTLOOKUP_SERVER_LOOKUP_CALL_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "grpcpp/server_context.h"
#include "server/clients/authorizer.h"
#include "server/clients/call_log.h"
#include "server/lookup/traffic.h"
#include "server/transport/unsent_budget.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/want.h"
#include "virustotal/keys/lane.h"
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
    // Whether a URL that VirusTotal does not know is submitted where a request
    // does not say.
    bool submit_missing = false;
  };

  // Borrows both; the context lives as long as the call.
  Call(const Shared& shared, Method method, grpc::ServerContextBase* context);

  // What a request asks for.
  struct Demand {
    const v1::LookupOptions& options;
    Lane usual_lane;  // of a request that names none
    size_t lookups;   // to be counted against the limit of the client
  };

  // Begins the call of any rpc, in one order: Admit, then `read`, which reads
  // and checks the request, then Ask. Fails with the failure of the first step
  // that fails, and the later steps are not made.
  absl::StatusOr<Want> Begin(v1::Role role,
                             absl::FunctionRef<absl::StatusOr<Demand>()> read);

  // Finds out who calls. Unauthenticated or PermissionDenied when the caller is
  // unknown or lacks `role`.
  absl::Status Admit(v1::Role role);

  // Reads the options, looks whether the caller may have what it wants, and
  // counts the lookups against its limit. InvalidArgument, PermissionDenied or
  // ResourceExhausted. Where `options` do not say whether to submit a missing
  // URL, a caller without ROLE_SUBMIT does not.
  absl::StatusOr<Want> Ask(const Demand& demand) const;

  // The same call as of now: for one message of a stream.
  Call Item() const;

  // Who waits for what is not answered at once.
  Requester requester() const;

  // The name of the client, or its host if it has no name. Each connection from
  // this machine without a name counts as a client.
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
  // The lookups in `tally` were answered at once.
  void Answered(const Traffic::Tally& tally) const;
  // One lookup was answered or has failed.
  void Settled(const absl::StatusOr<Answer>& answer) const;

  // The call ends with `status`: counts and logs that, and returns the status
  // in gRPC's form. To be called last, once.
  grpc::Status End(const absl::Status& status) const;

 private:
  const Shared* shared_;
  Method method_;
  grpc::ServerContextBase* context_;
  absl::Duration began_;
  absl::Status Permit(const v1::LookupOptions& options, Want* want) const;
  // Logs `status` if it turns the caller away, and returns it.
  absl::Status Noted(absl::Status status) const;

  Caller caller_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_CALL_H_
