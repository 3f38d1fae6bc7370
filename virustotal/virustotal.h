#ifndef VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_
#define VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_

#include <functional>
#include <memory>

#include "core/clock.h"
#include "core/counter.h"
#include "core/loop.h"
#include "virustotal/api/dialect.h"
#include "virustotal/breaker.h"
#include "virustotal/http/http_client.h"
#include "virustotal/keys/key_ring.h"
#include "virustotal/request_stats.h"
#include "virustotal/upstream.h"

namespace vtlookup {

// VirusTotal, over HTTP, in one of its dialects, within the quotas of the
// keys: a request that they have no room for fails at once, and so does one
// while the breaker is open. Where a key is refused or has no room, says
// VirusTotal, the next key takes over. Loop only, but for CanAsk.
class VirusTotal final : public Upstream {
 public:
  // Borrows all but `random`, which gives numbers from 0 up to 1.
  VirusTotal(const Dialect& dialect, const Clock& clock, Loop& loop,
             HttpClient& http, KeyRing& keys, std::function<double()> random);

  absl::Status CanAsk(const Indicator& indicator) const override;
  Opening OpeningFor(Lane lane, size_t ahead) override;
  void Fetch(const Indicator& indicator, Ask ask, Lane lane,
             Done done) override;

  // No request is made before this; in the past while the breaker is closed.
  absl::Time broken_until() const;
  // Requests made so far. Thread-safe to read.
  uint64_t requests() const { return requests_.value(); }
  // Of requests that have ended.
  const RequestStats& stats() const { return stats_; }

 private:
  // A fetch under way, and who waits for its outcome.
  struct Talk {
    Indicator indicator;
    Ask ask;
    Lane lane;
    Done done;
    KeyRing::Key* key = nullptr;
    std::unique_ptr<Dialogue> dialogue = nullptr;
  };

  void Begin(Talk talk);
  void FailLater(Talk talk, absl::Status status);
  void Send(Talk talk, HttpRequest request, const Moment& taken_at);
  bool MaySendAgain(KeyRing::Key& key, Lane lane, Moment* taken_at);
  void SendNext(Talk talk, HttpRequest request);
  void OnResponse(Talk talk, const Moment& taken_at,
                  absl::StatusOr<HttpResponse> response);
  void Judge(Talk& talk, const Moment& taken_at, const Dialogue::Turn& turn);
  bool CanTakeOver(const Talk& talk, const absl::Status& failure);

  const Dialect& dialect_;
  const Clock& clock_;
  Loop& loop_;
  HttpClient& http_;
  KeyRing& keys_;
  Breaker breaker_;
  Counter requests_;
  RequestStats stats_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_
