#ifndef VTLOOKUP_SERVER_GATEWAY_GATEWAY_H_
#define VTLOOKUP_SERVER_GATEWAY_GATEWAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/raw_reports.h"
#include "server/gateway/http_server.h"
#include "server/gateway/lookups.h"
#include "server/gateway/message.h"
#include "server/gateway/route_counts.h"
#include "server/gateway/rows.h"
#include "server/gateway/v2_paths.h"
#include "server/gateway/v3_paths.h"
#include "server/gateway/workers.h"
#include "server/lookup/call_record.h"
#include "server/transport/tls.h"

namespace vtlookup {

// Serves lookups over HTTP/1.1, for clients that do not speak gRPC
// (docs/http.md). A request is counted, limited, audited and answered as the
// rpc of LookupService that does the same. Thread-safe.
class Gateway {
 public:
  struct Options {
    std::string address;  // host:port, [v6]:port or unix:/path
    Tls* tls = nullptr;   // null: no TLS. Borrowed.
    // Further names in `Host` headers that are ours.
    std::vector<std::string> hosts = {};
    size_t max_connections = 0;
    uint64_t max_request = 0;  // bytes of a body
    size_t max_batch = 0;      // values in one request
    uint64_t max_reply = 0;    // bytes of the values in one answer
    uint64_t max_unsent = 0;   // bytes of large answers that are not yet sent
    // Why there are no reports as VirusTotal's API v3 sends them; empty: there
    // are.
    std::string no_v3 = {};
  };

  // Binds the address and serves. Borrows what `lookups` and `calls` borrow.
  // FailedPrecondition when the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(
      const Options& options, Lookups::Parts lookups, RawReports& raws,
      const CallRecord::Shared& calls);

  // Closes all connections. REQUIRES: the loop of the lookups has been stopped.
  ~Gateway();

  // The daemon stops: takes no further rows (Rows::Leave).
  void EndStreams() { rows_.Leave(); }

  // Accepts no more connections, and ends each after its present request. Waits
  // for that, for `grace` at most.
  void Drain(absl::Duration grace) { server_->Drain(grace); }

  const HttpServer& server() const { return *server_; }
  const RouteCounts& routes() const { return routes_; }
  const RowCounts& rows() const { return rows_.counts(); }

 private:
  using Request = std::shared_ptr<GatewayRequest>;

  Gateway(const Options& options, Lookups::Parts lookups, RawReports& raws,
          const CallRecord::Shared& calls);

  void Handle(Request request, SendGatewayReply reply);
  void Route(Request request, SendGatewayReply reply);
  void RouteV1(Request request, SendGatewayReply reply);
  SendGatewayReply Counted(std::string_view route, SendGatewayReply reply);
  void LookUpOne(Request request, SendGatewayReply reply);
  void LookUpMany(Request request, SendGatewayReply reply);
  void SubmitOne(Request request, SendGatewayReply reply);
  void Fields(std::string_view name, Request request, SendGatewayReply reply);
  std::shared_ptr<HttpStreamUser> OpenRows(Request request,
                                           std::shared_ptr<HttpStream> stream);
  bool IsOurs(const std::string& host) const;

  const Options options_;
  const bool local_;  // only this machine can connect
  Lookups lookups_;
  const CallRecord::Shared calls_;
  const Clock& clock_;
  RouteCounts routes_;
  V2Paths v2_;
  V3Paths v3_;
  Rows rows_;
  std::unique_ptr<HttpServer> server_;
  // Requests and answers that are large are read and written here, so that they
  // hold up neither other connections nor the loop. Destroyed first.
  GatewayWorkers workers_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_GATEWAY_H_
