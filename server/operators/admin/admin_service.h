#ifndef VTLOOKUP_SERVER_OPERATORS_ADMIN_ADMIN_SERVICE_H_
#define VTLOOKUP_SERVER_OPERATORS_ADMIN_ADMIN_SERVICE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "core/clock.h"
#include "core/loop.h"
#include "server/clients/audit.h"
#include "server/clients/authorizer.h"
#include "server/lookup/fast_path.h"
#include "server/misses/resolver.h"
#include "server/operators/admin/cached_entries.h"
#include "server/operators/status_report.h"
#include "virustotal/keys/key_ring.h"
#include "vtlookup/v1/admin.grpc.pb.h"

namespace vtlookup {

// vtlookup.v1.AdminService: a blocking service on threads and an address of its
// own, because operators are few, and their requests take time and the disk.
// Thread-safe.
class AdminService final : public v1::AdminService::Service {
 public:
  using Reload = std::function<absl::StatusOr<v1::ReloadConfigResponse>()>;

  // All are borrowed except `reload`, which any thread may call.
  struct Parts {
    CachedEntries& entries;
    Resolver& resolver;
    FastPath& fast_path;  // decides what may leave the machine
    const StatusReport& status;
    Audit& audit;
    Loop& loop;  // of `keys` and `resolver`
    KeyRing& keys;
    const Clock& clock;
    Authorizer* access;  // null: everybody who can connect is an operator
    Reload reload;
  };

  explicit AdminService(Parts parts) : parts_(std::move(parts)) {}

  grpc::Status GetStatus(grpc::ServerContext* context,
                         const v1::GetStatusRequest* request,
                         v1::GetStatusResponse* response) override;
  grpc::Status ListEntries(grpc::ServerContext* context,
                           const v1::ListEntriesRequest* request,
                           v1::ListEntriesResponse* response) override;
  grpc::Status InvalidateEntries(
      grpc::ServerContext* context, const v1::InvalidateEntriesRequest* request,
      v1::InvalidateEntriesResponse* response) override;
  grpc::Status RefreshEntries(grpc::ServerContext* context,
                              const v1::RefreshEntriesRequest* request,
                              v1::RefreshEntriesResponse* response) override;
  grpc::Status ExportEntries(
      grpc::ServerContext* context, const v1::ExportEntriesRequest* request,
      grpc::ServerWriter<v1::ExportEntriesResponse>* writer) override;
  grpc::Status ImportEntries(
      grpc::ServerContext* context,
      grpc::ServerReader<v1::ImportEntriesRequest>* reader,
      v1::ImportEntriesResponse* response) override;
  grpc::Status GetQuota(grpc::ServerContext* context,
                        const v1::GetQuotaRequest* request,
                        v1::GetQuotaResponse* response) override;
  grpc::Status ResumeKey(grpc::ServerContext* context,
                         const v1::ResumeKeyRequest* request,
                         v1::ResumeKeyResponse* response) override;
  grpc::Status ReloadConfig(grpc::ServerContext* context,
                            const v1::ReloadConfigRequest* request,
                            v1::ReloadConfigResponse* response) override;
  grpc::Status SetLogLevel(grpc::ServerContext* context,
                           const v1::SetLogLevelRequest* request,
                           v1::SetLogLevelResponse* response) override;

 private:
  // Runs `action` if the caller is an operator, and writes a line to the audit
  // log, with the text that `words` makes of the request. Without `words` only
  // refused calls get a line.
  grpc::Status Run(grpc::ServerContext* context, const char* rpc,
                   const std::function<std::string()>& words,
                   const std::function<absl::Status()>& action);
  absl::Status Refresh(grpc::ServerContext* context,
                       const v1::RefreshEntriesRequest& request,
                       v1::RefreshEntriesResponse* response);
  absl::Status Resume(const std::string& name, v1::ResumeKeyResponse* response);

  const Parts parts_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_ADMIN_ADMIN_SERVICE_H_
