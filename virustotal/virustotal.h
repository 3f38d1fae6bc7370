#ifndef VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_
#define VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_

#include <string>

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
  struct Options {
    std::string base_url;  // scheme, host and port
    std::string api_key;
    Quota::Limits quota;
  };

  // Borrows all but the options.
  VirusTotal(Options options, const Dialect& dialect, const Clock& clock,
             Loop& loop, HttpClient& http);

  absl::Status CanAsk(const Indicator& indicator) const override;
  void Fetch(const Indicator& indicator, Ask ask, Done done) override;

 private:
  const Options options_;
  const Dialect& dialect_;
  const Clock& clock_;
  Loop& loop_;
  HttpClient& http_;
  Quota quota_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_
