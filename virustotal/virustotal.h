#ifndef VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_
#define VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_

#include <memory>

#include "core/clock.h"
#include "core/loop.h"
#include "virustotal/dialect.h"
#include "virustotal/http_client.h"
#include "virustotal/quota.h"
#include "virustotal/upstream.h"

namespace vtlookup {

// VirusTotal, over HTTP, in one of its dialects, within the key's quota: a
// request that the quota has no room for fails at once. Loop only, but for
// CanAsk.
class VirusTotal final : public Upstream {
 public:
  // Borrows all but the access.
  VirusTotal(Access access, const Dialect& dialect, const Clock& clock,
             Loop& loop, HttpClient& http, Quota& quota);

  absl::Status CanAsk(const Indicator& indicator) const override;
  void Fetch(const Indicator& indicator, Ask ask, Done done) override;

 private:
  // A dialogue under way, and who waits for its outcome.
  struct Talk {
    std::unique_ptr<Dialogue> dialogue;
    Done done;
  };

  void Send(Talk talk, HttpRequest request);
  void Take(Talk talk, absl::StatusOr<HttpResponse> response);
  void HeedQuota(const absl::Status& failure);

  Access access_;
  const Dialect& dialect_;
  const Clock& clock_;
  Loop& loop_;
  HttpClient& http_;
  Quota& quota_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_
