#ifndef VTLOOKUP_SERVER_GATEWAY_ROWS_H_
#define VTLOOKUP_SERVER_GATEWAY_ROWS_H_

#include <memory>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/mutex.h"
#include "server/gateway/http_stream.h"
#include "server/gateway/lookups.h"
#include "server/gateway/message.h"
#include "server/gateway/route_counts.h"
#include "server/gateway/rows_call.h"
#include "server/gateway/rows_output.h"
#include "server/gateway/workers.h"
#include "server/lookup/call_record.h"

namespace vtlookup {

// POST /v1/rows/{lookup}?field=NAME: rows in, rows out (docs/http.md). Reads
// what the request wants, and opens a RowsCall. Thread-safe.
class Rows {
 public:
  static constexpr std::string_view kPath = "/v1/rows/";

  // Borrows all arguments, and what they borrow. `workers` do the work of the
  // calls; they must have been destroyed before this object is.
  Rows(Lookups::Parts lookups, const CallRecord::Shared& calls,
       GatewayWorkers& workers, RouteCounts& routes);

  // A HttpStreamHandler for a POST whose token and deadline were read. A
  // request that is wrong, or not allowed, is answered before its body is read.
  std::shared_ptr<HttpStreamUser> Open(std::shared_ptr<GatewayRequest> request,
                                       std::shared_ptr<HttpStream> stream);

  // The daemon stops: calls RowsCall::Leave for all calls, and for each that
  // comes later.
  void Leave() ABSL_LOCKS_EXCLUDED(mu_);

  const RowCounts& counts() const { return shared_.counts; }

 private:
  void Add(const std::shared_ptr<RowsCall>& call) ABSL_LOCKS_EXCLUDED(mu_);
  std::shared_ptr<HttpStreamUser> Refuse(GatewayReply reply,
                                         HttpStream& stream);

  const CallRecord::Shared& calls_;
  RouteCounts& routes_;
  RowsShared shared_;
  Mutex mu_;
  bool leaving_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::weak_ptr<RowsCall>> open_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_ROWS_H_
