#include "vtlookup/lookup_stream.h"

#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vtlookup/ask_again.h"
#include "vtlookup/channels.h"

namespace vtlookup {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstPause(200);
constexpr std::chrono::milliseconds kLongestPause(2000);
constexpr std::chrono::milliseconds kLaterPause(1000);
// Lookups that arrive while a message is being written go into the next
// message, up to this many.
constexpr int kItemsAtOnce = 1000;
// All items of a message have the timeout of the first one. So a message takes
// only items whose own limit is not before that of the first, and at most this
// much after it. The daemon may give those up this much too early.
constexpr std::chrono::seconds kOneTimeout(1);

v1::LookupResult Failed(const grpc::Status& status) {
  v1::LookupResult result;
  result.mutable_error()->set_code(status.error_code());
  result.mutable_error()->set_message(status.error_message());
  return result;
}

}  // namespace

// Keeps the waiting lookups across connections. A thread makes one connection
// after the other while there are any.
class LookupStream::Impl {
 public:
  Impl(const Client& client, Options options, OnResult on_result)
      : client_(client),
        timeout_(absl::ToChronoMilliseconds(client.options_.timeout)),
        options_(std::move(options)),
        on_result_(std::move(on_result)),
        thread_([this] { Run(); }) {}

  void Send(uint64_t id, const v1::Indicator& indicator);
  void Finish();

 private:
  class Connection;

  struct Item {
    v1::Indicator indicator;
    Clock::time_point limit;
  };

  void Run();
  void OnHeard();
  void Connect(std::unique_lock<std::mutex>& lock);
  void AskLaterOnes();
  void Expire(std::unique_lock<std::mutex>& lock);
  void OnBroken(const grpc::Status& status, std::unique_lock<std::mutex>& lock);
  void FailAll(const grpc::Status& status, std::unique_lock<std::mutex>& lock);
  void Deliver(uint64_t id, v1::LookupResult result);
  std::optional<Clock::time_point> NextLimit();

  const Client client_;
  const std::chrono::milliseconds timeout_;  // of the client
  const Options options_;
  const OnResult on_result_;

  std::mutex delivery_mu_;  // held while on_result_ runs; never under mu_

  std::mutex mu_;
  std::condition_variable changed_;
  // mu_ guards all of the following members but thread_.
  std::unordered_map<uint64_t, Item> items_;  // without a result
  std::deque<uint64_t> ages_;    // ids, oldest first; some have a result
                                 // already
  std::deque<uint64_t> unsent_;  // ids not yet sent on this connection
  std::deque<uint64_t> later_;   // ids to be sent again on this connection
  Clock::time_point again_at_;   // the earliest time to send `later_`
  Connection* connection_ = nullptr;
  bool finishing_ = false;
  // The daemon was unreachable for a whole timeout, and has not answered since.
  bool away_ = false;
  Clock::time_point heard_;  // the last answer, or the start of waiting
  grpc::Status failure_;     // why the last connection ended; OK once an answer
                             // came
  std::chrono::milliseconds pause_ = kFirstPause;

  std::thread thread_;  // the last member, because it uses the others
};

// One gRPC stream. Its reactions run on gRPC's threads.
class LookupStream::Impl::Connection final
    : public grpc::ClientBidiReactor<v1::StreamLookupRequest,
                                     v1::StreamLookupResponse> {
 public:
  explicit Connection(Impl& impl)
      : impl_(impl), stub_(Channels::Take(impl.client_.channels_)) {
    *request_.mutable_options() = impl_.options_.lookup;
    impl_.client_.Prepare(&context_);
    stub_->async()->StreamLookup(&context_, this);
  }

  // Called under impl_.mu_.
  void Start() {
    StartRead(&response_);
    AddHold();  // until the last write
    StartCall();
    WriteOn();
  }

  // Writes what is unsent, one message at a time, and ends the stream after the
  // last result of a finished LookupStream. Called under impl_.mu_.
  void WriteOn() {
    if (writing_ || closed_) return;
    request_.clear_items();
    Clock::time_point earliest;
    while (!impl_.unsent_.empty() && request_.items_size() < kItemsAtOnce) {
      const uint64_t id = impl_.unsent_.front();
      const auto item = impl_.items_.find(id);
      if (item == impl_.items_.end()) {  // expired
        impl_.unsent_.pop_front();
        continue;
      }
      if (request_.items_size() == 0) {
        earliest = item->second.limit;
        SetTimeout(earliest);
      } else if (item->second.limit < earliest ||
                 item->second.limit > earliest + kOneTimeout) {
        break;
      }
      impl_.unsent_.pop_front();
      v1::StreamLookupRequest::Item& asked = *request_.add_items();
      asked.set_request_id(id);
      *asked.mutable_indicator() = item->second.indicator;
    }
    if (request_.items_size() > 0) {
      writing_ = true;
      StartWrite(&request_);
      return;
    }
    if (impl_.finishing_ && impl_.items_.empty()) {
      StartWritesDone();
      Close();
    }
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard<std::mutex> lock(impl_.mu_);
    writing_ = false;
    if (!ok || broken_) return Close();
    WriteOn();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      const std::lock_guard<std::mutex> lock(impl_.mu_);
      broken_ = true;
      if (!writing_) Close();
      return;
    }
    std::vector<v1::StreamLookupResponse::Answer*> wanted;
    {
      const std::lock_guard<std::mutex> lock(impl_.mu_);
      impl_.OnHeard();
      for (auto& answer : *response_.mutable_answers()) {
        const Again again = AskAgain(answer.result());
        if (again == Again::kLater) {
          impl_.later_.push_back(answer.request_id());
        }
        // Otherwise the lookup has expired, or is sent again.
        if (again == Again::kNo &&
            impl_.items_.erase(answer.request_id()) > 0) {
          wanted.push_back(&answer);
        }
      }
    }
    for (auto* const answer : wanted) {
      impl_.Deliver(answer->request_id(), std::move(*answer->mutable_result()));
    }
    StartRead(&response_);
    const std::lock_guard<std::mutex> lock(impl_.mu_);
    impl_.changed_.notify_all();
    WriteOn();
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard<std::mutex> lock(impl_.mu_);
    status_ = status;
    impl_.changed_.notify_all();
  }

  // Set when the stream has ended. Called under impl_.mu_.
  const std::optional<grpc::Status>& status() const { return status_; }

 private:
  // Tells the daemon when the items of the message are given up, unless the
  // user of the stream has set an earlier time.
  void SetTimeout(Clock::time_point limit) {
    const v1::LookupOptions& own = impl_.options_.lookup;
    auto left = std::max(limit - Clock::now(), Clock::duration::zero());
    if (own.has_timeout()) {
      left = std::min<Clock::duration>(
          left, std::chrono::seconds(own.timeout().seconds()) +
                    std::chrono::nanoseconds(own.timeout().nanos()));
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    auto& timeout = *request_.mutable_options()->mutable_timeout();
    timeout.set_seconds(seconds.count());
    timeout.set_nanos(
        static_cast<int32_t>(std::chrono::nanoseconds(left - seconds).count()));
  }

  // No more is written after this. Called under impl_.mu_.
  void Close() {
    if (std::exchange(closed_, true)) return;
    RemoveHold();
  }

  Impl& impl_;
  Channels::Slot stub_;  // outlives context_
  grpc::ClientContext context_;
  v1::StreamLookupRequest request_;
  v1::StreamLookupResponse response_;
  // Guarded by impl_.mu_.
  bool writing_ = false;
  bool broken_ = false;
  bool closed_ = false;
  std::optional<grpc::Status> status_;
};

void LookupStream::Impl::Send(uint64_t id, const v1::Indicator& indicator) {
  std::unique_lock<std::mutex> lock(mu_);
  changed_.wait(lock, [this] { return items_.size() < options_.max_waiting; });
  const absl::Duration own = options_.timeout;
  const auto timeout =
      own > absl::ZeroDuration() ? absl::ToChronoMilliseconds(own) : timeout_;
  items_.emplace(id, Item{indicator, Clock::now() + timeout});
  ages_.push_back(id);
  unsent_.push_back(id);
  if (connection_ != nullptr) connection_->WriteOn();
  changed_.notify_all();
}

void LookupStream::Impl::Finish() {
  {
    const std::lock_guard<std::mutex> lock(mu_);
    finishing_ = true;
    if (connection_ != nullptr) connection_->WriteOn();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void LookupStream::Impl::Run() {
  std::unique_lock<std::mutex> lock(mu_);
  for (;;) {
    if (items_.empty()) {
      changed_.wait(lock, [this] { return finishing_ || !items_.empty(); });
      if (items_.empty()) return;
      heard_ = Clock::now();
    }
    Connect(lock);
  }
}

void LookupStream::Impl::OnHeard() {
  away_ = false;
  heard_ = Clock::now();
  failure_ = grpc::Status::OK;
  pause_ = kFirstPause;
}

void LookupStream::Impl::Deliver(uint64_t id, v1::LookupResult result) {
  const std::lock_guard<std::mutex> lock(delivery_mu_);
  on_result_(id, std::move(result));
}

// Sends the waiting lookups on a new connection, until that ends.
void LookupStream::Impl::Connect(std::unique_lock<std::mutex>& lock) {
  // The oldest go first, however often they were sent.
  later_.clear();
  std::erase_if(ages_, [this](uint64_t id) { return !items_.contains(id); });
  unsent_ = ages_;
  Connection connection(*this);
  connection_ = &connection;
  connection.Start();
  while (!connection.status().has_value()) {
    if (const auto limit = NextLimit(); limit.has_value()) {
      const bool asks_again = !later_.empty();
      changed_.wait_until(
          lock,
          asks_again ? std::min(*limit, Clock::now() + kLaterPause) : *limit);
      if (asks_again) AskLaterOnes();
      Expire(lock);
    } else {
      changed_.wait(lock);
    }
  }
  connection_ = nullptr;
  OnBroken(*connection.status(), lock);
}

// Sends the lookups again that were refused a moment ago.
void LookupStream::Impl::AskLaterOnes() {
  const Clock::time_point now = Clock::now();
  if (now < again_at_) return;
  again_at_ = now + kLaterPause;
  unsent_.insert(unsent_.end(), later_.begin(), later_.end());
  later_.clear();
  connection_->WriteOn();
}

std::optional<Clock::time_point> LookupStream::Impl::NextLimit() {
  while (!ages_.empty()) {
    const auto item = items_.find(ages_.front());
    if (item != items_.end()) return item->second.limit;
    ages_.pop_front();
  }
  return std::nullopt;
}

void LookupStream::Impl::Expire(std::unique_lock<std::mutex>& lock) {
  const Clock::time_point now = Clock::now();
  std::vector<uint64_t> expired;
  for (auto limit = NextLimit(); limit.has_value() && *limit <= now;
       limit = NextLimit()) {
    expired.push_back(ages_.front());
    items_.erase(ages_.front());
  }
  if (expired.empty()) return;
  const grpc::Status why =
      failure_.ok() ? grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED,
                                   "the daemon did not answer in time")
                    : failure_;
  lock.unlock();
  for (const uint64_t id : expired) Deliver(id, Failed(why));
  lock.lock();
  changed_.notify_all();
  if (connection_ != nullptr) connection_->WriteOn();
}

void LookupStream::Impl::OnBroken(const grpc::Status& status,
                                  std::unique_lock<std::mutex>& lock) {
  if (items_.empty()) return;
  failure_ = status.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                        "the daemon ended the stream early")
                         : status;
  const Clock::time_point now = Clock::now();
  if (now - heard_ >= timeout_) away_ = true;
  if (away_ || failure_.error_code() != grpc::StatusCode::UNAVAILABLE) {
    return FailAll(failure_, lock);
  }
  const Clock::time_point then = now + pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
  // New lookups may come meanwhile; they wait, too.
  changed_.wait_until(lock, then, [then] { return Clock::now() >= then; });
}

void LookupStream::Impl::FailAll(const grpc::Status& status,
                                 std::unique_lock<std::mutex>& lock) {
  std::erase_if(ages_, [this](uint64_t id) { return !items_.contains(id); });
  const std::vector<uint64_t> ids(ages_.begin(), ages_.end());
  items_.clear();
  ages_.clear();
  unsent_.clear();
  const v1::LookupResult failed = Failed(status);
  lock.unlock();
  for (const uint64_t id : ids) Deliver(id, failed);
  lock.lock();
  changed_.notify_all();
}

LookupStream::LookupStream(const Client& client, Options options,
                           OnResult on_result)
    : impl_(std::make_unique<Impl>(client, std::move(options),
                                   std::move(on_result))) {}

LookupStream::~LookupStream() { Finish(); }

void LookupStream::Send(uint64_t id, const v1::Indicator& indicator) {
  impl_->Send(id, indicator);
}

void LookupStream::Finish() { impl_->Finish(); }

}  // namespace vtlookup
