#ifndef VTLOOKUP_SERVER_LOOKUP_CALL_RECORD_H_
#define VTLOOKUP_SERVER_LOOKUP_CALL_RECORD_H_

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
#include "server/clients/call_origin.h"
#include "server/lookup/traffic.h"
#include "server/transport/unsent_budget.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/want.h"
#include "virustotal/keys/lane.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A call of LookupService under way. Knows the caller and its rights, and does
// the counting and logging for the call. Cheap to make and to copy. One thread
// until Begin or Admit has returned; thread-safe from then on.
class CallRecord {
 public:
  // What all calls share. The references are borrowed, and must outlive the
  // calls.
  struct Shared {
    Authorizer& access;
    Traffic& traffic;
    CallLog& log;
    UnsentBudget& unsent;
    const Clock& clock;
    // Whether a URL that VirusTotal does not know is submitted when the request
    // does not say.
    bool submit_missing = false;
  };

  // Borrows the arguments; they must outlive this object and its copies.
  CallRecord(const Shared& shared, RpcMethod method,
             grpc::ServerContextBase* context);
  CallRecord(const Shared& shared, RpcMethod method, const HttpOrigin& origin);

  // What a request asks for.
  struct Demand {
    const v1::LookupOptions& options;
    Lane usual_lane;  // the lane if the request names none
    size_t lookups;   // counted against the limit of the client
  };

  // Begins the call in three steps: Admit, then `read`, which reads and checks
  // the request, then Accept. If a step fails, the later steps are not taken,
  // and its failure is returned.
  absl::StatusOr<Want> Begin(v1::Role role,
                             absl::FunctionRef<absl::StatusOr<Demand>()> read);

  // Identifies the caller. Unauthenticated or PermissionDenied when the caller
  // is unknown or lacks `role`.
  absl::Status Admit(v1::Role role);

  // Reads the options, checks the caller's roles for them, and counts the
  // lookups against the caller's limit. InvalidArgument when an option is
  // wrong, PermissionDenied when a role is missing, ResourceExhausted when the
  // limit is reached. If `options` do not say whether to submit a missing URL,
  // it is not submitted for a caller without ROLE_SUBMIT.
  absl::StatusOr<Want> Accept(const Demand& demand) const;

  // Returns a copy of the call whose time begins now, for one message of a
  // stream.
  CallRecord Item() const;

  // Whether the caller has the role. Call it after Admit.
  bool may(v1::Role role) const { return caller_.may(role); }

  // Describes the caller for lookups that wait, whose time begins now.
  Requester requester(const Want& want = {}) const;

  // The name of the client, or its host if it has no name. Without names, each
  // connection from this machine counts as a client of its own.
  std::string client() const;

  // Takes room in the UnsentBudget for a reply of `bytes`. `account` holds the
  // room, and must live until the reply is sent. When there is no room, counts
  // a failed lookup and returns ResourceExhausted, REPLIES_NOT_READ.
  absl::Status TakeUnsent(uint64_t bytes, UnsentBudget::Account* account) const;

  // Counts a failed lookup, and returns the failure for a reply or a message
  // that has no room: ResourceExhausted, REPLIES_NOT_READ.
  absl::Status NoRoom() const;

  // Returns an account for the unsent messages of a stream.
  UnsentBudget::Account OpenUnsent() const;

  // Count a lookup of the call that was answered or has failed.
  void Answered(const AnswerView& answer) const;
  void Failed(const absl::Status& failure) const;
  // Counts lookups that were answered at once.
  void Answered(const Traffic::Tally& tally) const;
  // Counts a lookup that was answered or has failed.
  void Settled(const absl::StatusOr<Answer>& answer) const;

  // Counts and logs that the call ends with `status`, and returns the status in
  // gRPC's form. Call it once, as the last function.
  grpc::Status End(const absl::Status& status) const;
  // As End, for a call of the gateway.
  void Close(const absl::Status& status) const;

  // The time until the deadline of the call; infinite when it has none.
  absl::Duration time_left() const { return origin_.time_left(); }

 private:
  const Shared* shared_;
  RpcMethod method_;
  grpc::ServerContextBase* context_;  // null: a call of the gateway
  CallOrigin origin_;
  absl::Duration began_;
  absl::Status Permit(const v1::LookupOptions& options, Want* want) const;
  // Logs the refusal if `status` is not OK, and returns `status`.
  absl::Status Noted(absl::Status status) const;

  Caller caller_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_CALL_RECORD_H_
