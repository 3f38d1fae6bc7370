#ifndef VTLOOKUP_VIRUSTOTAL_V3_QUOTA_SYNC_H_
#define VTLOOKUP_VIRUSTOTAL_V3_QUOTA_SYNC_H_

#include <functional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/loop.h"
#include "virustotal/http/http_client.h"
#include "virustotal/keys/key_ring.h"

namespace vtlookup {

// Asks VirusTotal for the quotas of a key's user and how much of them is used,
// and corrects the key's own quota with the answer. API v3 only. Loop only.
class QuotaSync {
 public:
  struct Options {
    // The user's name. VirusTotal would accept the key instead, but a secret
    // must not be in a URL.
    std::string user;
    // Called with the result of each reading, as a text for the log. May be
    // empty.
    std::function<void(std::string_view)> report = {};
  };

  // Borrows all arguments but the options. The loop must be stopped before this
  // object is destroyed.
  QuotaSync(Options options, const Clock& clock, Loop& loop, HttpClient& http,
            KeyRing& keys, KeyRing::Key& key);

  // Reads the quotas now and every hour. Stops when VirusTotal says that the
  // key must not read them or that there is no such user. Call it once.
  void Start();

 private:
  void Read();
  bool MaySendAgain(Moment* taken_at);
  void Settle(bool sent, const Moment& taken_at);
  void OnAnswer(const absl::StatusOr<HttpResponse>& response);
  void Report(std::string_view what) const;

  const Options options_;
  const Clock& clock_;
  Loop& loop_;
  HttpClient& http_;
  KeyRing& keys_;
  KeyRing::Key& key_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_QUOTA_SYNC_H_
