#ifndef VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_
#define VTLOOKUP_VIRUSTOTAL_VIRUSTOTAL_H_

#include <cstdint>
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

// The Upstream that asks VirusTotal over HTTP, in one dialect of its API
// (virustotal/api/dialect.h). A fetch takes one or more HTTP requests, all with
// the same key. It fails without a request when no key has quota for it, or
// while the circuit breaker is open.
//
// When VirusTotal refuses the key, or takes no more requests of it for now, the
// fetch begins again with the first key that has room, if there is another such
// key; otherwise it fails. upstream.h says what each failure means. Loop only,
// except CanAsk and requests().
class VirusTotal final : public Upstream {
 public:
  // Borrows all arguments except `random`; they must outlive this object.
  // `random` returns numbers from 0 up to, but not including, 1, for the length
  // of the breaker's pauses. It is called on the loop only.
  VirusTotal(const Dialect& dialect, const Clock& clock, Loop& loop,
             HttpClient& http, KeyRing& keys, std::function<double()> random);

  absl::Status CanAsk(const Indicator& indicator) const override;
  Opening OpeningFor(Lane lane, size_t ahead) override;
  void Fetch(const Indicator& indicator, Purpose purpose, Lane lane,
             Done done) override;

  // The time of day before which no request is made, because the breaker is
  // open. While the breaker is closed, this time is in the past.
  absl::Time broken_until() const;
  // The number of HTTP requests that were made, of which curl may have sent
  // some again: each sending counts. Any thread may call this.
  uint64_t requests() const { return requests_.value(); }
  // Counts and durations of the requests that have ended. Loop only.
  const RequestStats& stats() const { return stats_; }

 private:
  // A fetch that is under way, and the callback that waits for its outcome.
  struct Talk {
    Indicator indicator;
    Purpose purpose;
    Lane lane;
    Done done;
    KeyRing::Key* key = nullptr;
    std::unique_ptr<Dialogue> dialogue = nullptr;
    uint32_t requests = 0;  // that VirusTotal may have counted
  };
  // A request that was sent, once or several times.
  struct Sending {
    Moment taken_at;  // when the last sending was counted
    uint32_t times = 1;
  };

  void Begin(Talk talk);
  void FailLater(Talk talk, absl::Status status);
  void Send(Talk talk, HttpRequest request, const Moment& taken_at);
  bool MaySendAgain(KeyRing::Key& key, Lane lane, Sending& sending);
  void SendNext(Talk talk, HttpRequest request);
  void OnResponse(Talk talk, const Sending& sending,
                  absl::StatusOr<HttpResponse> response);
  void Judge(Talk& talk, const Moment& taken_at, const Dialogue::Step& step);
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
