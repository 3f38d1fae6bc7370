#include "virustotal/http/curl_loop.h"

#include <algorithm>

#include "core/clock.h"

namespace vtlookup {
namespace {

// How long the loop may sleep when nothing is due.
constexpr absl::Duration kIdle = absl::Minutes(1);
// How long the loop may sleep while a transfer is under way: curl may fail to
// notice that an answer has come (ADR 0015).
constexpr absl::Duration kTick = absl::Milliseconds(50);
// A loop that is later than this was suspended, and not only busy.
constexpr absl::Duration kStandstill = absl::Seconds(1);

// curl must be initialised once, before its first use and before other threads.
CURLM* NewMulti() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK ? curl_multi_init() : nullptr;
}

}  // namespace

CurlLoop::CurlLoop(HttpOptions options)
    : options_(std::move(options)),
      multi_(NewMulti()),
      thread_([this] { Run(); }) {}

CurlLoop::~CurlLoop() { Stop(); }

void CurlLoop::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
  }
  if (!thread_.joinable()) return;
  curl_multi_wakeup(multi_);
  thread_.join();
  for (auto& [handle, transfer] : transfers_) {
    curl_multi_remove_handle(multi_, handle);
  }
  transfers_.clear();
  timers_.clear();
  curl_multi_cleanup(multi_);
  std::vector<Task> dropped;
  MutexLock lock(mu_);
  dropped.swap(posted_);
}

bool CurlLoop::stopping() {
  MutexLock lock(mu_);
  return stopping_;
}

void CurlLoop::Post(Task task) {
  MutexLock lock(mu_);
  if (stopping_) return;
  posted_.push_back(std::move(task));
  // Under the lock, so that Stop cannot free the handle meanwhile.
  if (posted_.size() == 1) curl_multi_wakeup(multi_);
}

Loop::TimerId CurlLoop::After(absl::Duration delay, Task task) {
  const TimerId id = next_timer_++;
  const absl::Duration due = MonotonicTime() + delay;
  timers_.emplace(Due{due, id}, std::move(task));
  timer_due_.emplace(id, due);
  return id;
}

void CurlLoop::CancelTimer(TimerId id) {
  const auto found = timer_due_.find(id);
  if (found == timer_due_.end()) return;
  timers_.erase(Due{found->second, id});
  timer_due_.erase(found);
}

void CurlLoop::Start(HttpRequest request, Done done) {
  auto transfer = std::make_unique<CurlTransfer>(options_, std::move(request),
                                                 std::move(done));
  CURL* const handle = transfer->handle();
  if (curl_multi_add_handle(multi_, handle) != CURLM_OK) {  // out of memory
    Post([failed = std::move(transfer)] {
      failed->Finish(CURLE_OUT_OF_MEMORY);
    });
    return;
  }
  transfers_.emplace(handle, std::move(transfer));
}

void CurlLoop::Run() {
  while (!stopping()) {
    ForgiveStandstill();
    RunPosted();
    RunDueTimers();
    int running = 0;
    curl_multi_perform(multi_, &running);
    DeliverFinished();
    const absl::Duration wait =
        std::clamp(UntilNextTimer(), absl::ZeroDuration(),
                   transfers_.empty() ? kIdle : kTick);
    // Rounded up, so that a timer that is due in 0.3 ms does not cause busy
    // polling.
    const int timeout = static_cast<int>(
        absl::ToInt64Milliseconds(absl::Ceil(wait, absl::Milliseconds(1))));
    expected_ = MonotonicTime() + wait;
    // curl keeps a wake-up that came before the poll; the poll then ends at
    // once.
    curl_multi_poll(multi_, nullptr, 0, timeout, nullptr);
  }
}

// Extends all time-outs when the machine or the process was suspended (a paused
// virtual machine, SIGSTOP): answers that have cost quota may be in the
// sockets.
void CurlLoop::ForgiveStandstill() {
  const absl::Duration late = MonotonicTime() - expected_;
  if (late < kStandstill) return;
  for (auto& [handle, transfer] : transfers_) transfer->Extend(late);
}

void CurlLoop::RunPosted() {
  std::vector<Task> tasks;
  {
    MutexLock lock(mu_);
    tasks.swap(posted_);
  }
  for (Task& task : tasks) std::move(task)();
}

void CurlLoop::RunDueTimers() {
  const absl::Duration now = MonotonicTime();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    auto due = timers_.extract(timers_.begin());
    timer_due_.erase(due.key().second);
    std::move(due.mapped())();
  }
}

void CurlLoop::DeliverFinished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto found = transfers_.find(message->easy_handle);
    const std::unique_ptr<CurlTransfer> transfer = std::move(found->second);
    transfers_.erase(found);
    curl_multi_remove_handle(multi_, transfer->handle());
    transfer->Finish(code);
  }
}

absl::Duration CurlLoop::UntilNextTimer() const {
  if (timers_.empty()) return absl::InfiniteDuration();
  return timers_.begin()->first.first - MonotonicTime();
}

}  // namespace vtlookup
