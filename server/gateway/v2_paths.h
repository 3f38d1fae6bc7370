#ifndef VTLOOKUP_SERVER_GATEWAY_V2_PATHS_H_
#define VTLOOKUP_SERVER_GATEWAY_V2_PATHS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "core/clock.h"
#include "server/gateway/lookups.h"
#include "server/gateway/message.h"
#include "server/gateway/query.h"
#include "server/gateway/workers.h"
#include "server/lookup/call_record.h"

namespace vtlookup {

// Answers the paths of VirusTotal's API v2, `/vtapi/v2/...`, from the cache.
// The answers are made of verdicts, so they do not depend on the API that the
// daemon asks. Thread-safe; never blocks.
//
// A client of v2 knows few kinds of failure, and reads an answer with JSON as a
// report. So a quota that is used up is 204 and a refused token 403, both
// without a body, as VirusTotal sends them.
class V2Paths {
 public:
  static constexpr std::string_view kPrefix = "/vtapi/v2/";

  // Borrows all.
  struct Parts {
    Lookups& lookups;
    const CallRecord::Shared& calls;
    GatewayWorkers& workers;  // write the answers about reports
    const Clock& clock;
    size_t max_batch = 0;    // resources in one request
    uint64_t max_reply = 0;  // bytes of an answer about several
  };
  explicit V2Paths(Parts parts) : parts_(parts) {}

  // REQUIRES: the path begins with kPrefix.
  void Handle(const std::shared_ptr<GatewayRequest>& request,
              SendGatewayReply reply);

 private:
  struct Question;

  // Reads what is asked into `out`, whose path is set. InvalidArgument when a
  // parameter is missing or has too many values.
  static absl::Status Read(const Parameters& parameters, size_t max_batch,
                           Question* out);
  void Report(const std::shared_ptr<GatewayRequest>& request,
              const CallRecord& call, const Want& want, Question question,
              SendGatewayReply reply);
  void Scan(const std::shared_ptr<GatewayRequest>& request,
            const CallRecord& call, const Question& question,
            SendGatewayReply reply);

  const Parts parts_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_V2_PATHS_H_
