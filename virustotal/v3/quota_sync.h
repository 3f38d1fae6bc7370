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

// Asks VirusTotal what it allows a key's user and how much of that is used, and
// corrects the key's quota by it. API v3 only. Loop only.
class QuotaSync {
 public:
  struct Options {
    // The user's name. VirusTotal takes the key as well, but a key has no
    // place in a URL.
    std::string user;
    // Told in words what came of each reading. Loop only; may be empty.
    std::function<void(std::string_view)> report = {};
  };

  // Borrows all but the options. The loop must be stopped before this dies.
  QuotaSync(Options options, const Clock& clock, Loop& loop, HttpClient& http,
            KeyRing& keys, KeyRing::Key& key);

  // Reads them now and every hour. Once VirusTotal has said that the key may
  // not, or that there is no such user, it is not asked again.
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
