#ifndef VTLOOKUP_SERVER_GATEWAY_V3_PATHS_H_
#define VTLOOKUP_SERVER_GATEWAY_V3_PATHS_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "cache/raw_reports.h"
#include "core/clock.h"
#include "core/loop.h"
#include "server/gateway/lookups.h"
#include "server/gateway/message.h"
#include "server/gateway/query.h"
#include "server/lookup/call_record.h"

namespace vtlookup {

// Answers paths of VirusTotal's API v3, `/api/v3/...`, from the cache: a report
// is the JSON that VirusTotal sent. A report that is cached without its JSON is
// fetched again, once for all who ask. Thread-safe; never blocks.
class V3Paths {
 public:
  static constexpr std::string_view kPrefix = "/api/v3/";

  // Borrows all.
  struct Parts {
    Lookups& lookups;
    RawReports& raws;
    Loop& loop;
    const CallRecord::Shared& calls;
    const Clock& clock;
    // Why reports cannot be had in this form, for the client; empty: they can.
    std::string unavailable = {};
  };
  explicit V3Paths(Parts parts) : parts_(std::move(parts)) {}

  // REQUIRES: the path begins with kPrefix.
  void Handle(const std::shared_ptr<GatewayRequest>& request,
              SendGatewayReply reply);

 private:
  struct Question;

  static absl::StatusOr<Question> Read(const GatewayRequest& request);
  void Report(const std::shared_ptr<GatewayRequest>& request,
              SendGatewayReply reply);
  void LookUp(const CallRecord& call, const Lookups::Value& value,
              const Want& want, Lookups::Done done);
  void LookUpHash(const CallRecord& call, const std::string& sha256,
                  const Want& want, Lookups::Done done);
  void OnUrl(const CallRecord& call, const absl::StatusOr<Bytes>& url,
             const Want& want, Lookups::Done done);
  void Submit(const std::shared_ptr<GatewayRequest>& request,
              const Parameters& parameters, SendGatewayReply reply);

  const Parts parts_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_V3_PATHS_H_
