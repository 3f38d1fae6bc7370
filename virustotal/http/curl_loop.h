#ifndef VTLOOKUP_VIRUSTOTAL_HTTP_CURL_LOOP_H_
#define VTLOOKUP_VIRUSTOTAL_HTTP_CURL_LOOP_H_

#include <curl/curl.h>

#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "core/loop.h"
#include "core/mutex.h"
#include "virustotal/http/curl_transfer.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// A Loop whose thread also drives curl, so that timers, tasks and transfers
// never run in parallel. Post is thread-safe; all other functions except Stop
// are loop only, as the interfaces say.
class CurlLoop final : public Loop, public HttpClient {
 public:
  explicit CurlLoop(HttpOptions options);
  ~CurlLoop() override;  // Stop

  void Post(Task task) override ABSL_LOCKS_EXCLUDED(mu_);
  TimerId After(absl::Duration delay, Task task) override;
  void CancelTimer(TimerId id) override;
  void Start(HttpRequest request, Done done) override;

  // Finishes the tasks that have begun, joins the thread, and drops everything
  // else, timers and transfers too. Later posts are dropped. One thread only,
  // and not that of the loop.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Due = std::pair<absl::Duration, TimerId>;  // MonotonicTime

  void Run();
  void RunPosted() ABSL_LOCKS_EXCLUDED(mu_);
  void RunDueTimers();
  void ForgiveStandstill();
  void DeliverFinished();
  absl::Duration UntilNextTimer() const;
  bool stopping() ABSL_LOCKS_EXCLUDED(mu_);

  const HttpOptions options_;
  CURLM* const multi_;  // loop only, except curl_multi_wakeup

  Mutex mu_;
  std::vector<Task> posted_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  // Loop only.
  std::map<Due, Task> timers_;
  absl::flat_hash_map<TimerId, absl::Duration> timer_due_;
  TimerId next_timer_ = 1;
  // The time at which the poll ends at the latest, in MonotonicTime.
  absl::Duration expected_ = absl::InfiniteDuration();
  absl::flat_hash_map<CURL*, std::unique_ptr<CurlTransfer>> transfers_;

  std::thread thread_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_HTTP_CURL_LOOP_H_
