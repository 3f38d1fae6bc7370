#include "server/transport/completion_loop.h"

#include <grpcpp/alarm.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "gtest/gtest.h"

namespace vtlookup {
namespace {

TEST(OpenCalls, WhoWaitsForNoneIsHeldUntilTheLastHasEnded) {
  OpenCalls open;
  open.WaitForNone();  // returns at once, because no call is open
  open.Begin();
  open.Begin();
  std::atomic<int> ended = 0;
  std::thread waiter([&] {
    open.WaitForNone();
    EXPECT_EQ(ended, 2);
  });
  for (int i = 0; i < 2; ++i) {
    std::this_thread::yield();
    ++ended;
    open.End();
  }
  waiter.join();
}

class CompletionLoopTest : public testing::Test {
 protected:
  ~CompletionLoopTest() override {
    queue_.Close();
    queue_.Serve();
  }

  CompletionLoop::Slot& BeginOne() {
    CompletionLoop::Slot& place = queue_.SlotForWaiting();
    BeginAt(place);
    return place;
  }
  void BeginAt(CompletionLoop::Slot& place) {
    queue_.Expect();
    queue_.Begin(place);
  }

  grpc::ServerBuilder builder_;
  OpenCalls open_;
  Intake intake_;
  CompletionLoop queue_{builder_.AddCompletionQueue(), open_, intake_};
};

TEST_F(CompletionLoopTest, ThousandsThatWaitAreNotAtOneQueue) {
  CompletionLoop::Slot& first = queue_.SlotAtOnce();
  for (size_t i = 0; i < CompletionLoop::kMostCalls; ++i) {
    EXPECT_EQ(&BeginOne(), &first);
  }
  CompletionLoop::Slot& second = BeginOne();
  EXPECT_NE(&second, &first);
  for (size_t i = 1; i < CompletionLoop::kMostCalls; ++i) {
    EXPECT_EQ(&BeginOne(), &second);
  }
  CompletionLoop::Slot& third = queue_.SlotForWaiting();
  EXPECT_NE(&third, &first);
  EXPECT_NE(&third, &second);
  EXPECT_EQ(&queue_.SlotAtOnce(), &first);
  // A queue that has room again is used again.
  queue_.End(second);
  EXPECT_EQ(&queue_.SlotForWaiting(), &second);
  queue_.End(first);
  EXPECT_EQ(&queue_.SlotForWaiting(), &first);
  while (first.open > 0) queue_.End(first);
  while (second.open > 0) queue_.End(second);
  open_.WaitForNone();
}

// An event of a queue: the end of all calls at a place. It is set before the
// queue is served, or by the thread that serves the queue, because
// ThreadSanitizer does not see that gRPC hands the event over.
class CallsEnd final : public QueueEvent {
 public:
  CallsEnd(
      CompletionLoop& queue, CompletionLoop::Slot& place,
      std::function<void()> then = [] {})
      : queue_(queue), place_(place), then_(std::move(then)) {}

  void Set() {
    alarm_.Set(place_.queue.get(), gpr_inf_past(GPR_CLOCK_REALTIME), this);
  }
  void Happened(bool ok) override {
    EXPECT_TRUE(ok);
    then_();
    while (place_.open > 0) queue_.End(place_);
  }

 private:
  CompletionLoop& queue_;
  CompletionLoop::Slot& place_;
  const std::function<void()> then_;
  grpc::Alarm alarm_;
};

TEST_F(CompletionLoopTest, TellsWhatHappensBesideWhileNothingArrives) {
  CompletionLoop::Slot& first = queue_.SlotAtOnce();
  while (first.open < CompletionLoop::kMostCalls) BeginAt(first);
  CallsEnd at_first(queue_, first);
  CallsEnd at_second(queue_, BeginOne(), [&] { at_first.Set(); });
  at_second.Set();
  std::thread serves([&] { queue_.Serve(); });
  open_.WaitForNone();
  queue_.Close();
  serves.join();
}

// An event that arrives again and again until `done`.
class Arrives final : public QueueEvent {
 public:
  Arrives(CompletionLoop& queue, std::function<bool()> done)
      : queue_(queue), done_(std::move(done)) {}

  void Happened(bool ok) override {
    EXPECT_TRUE(ok);
    if (done_()) {
      over_ = true;
      return;
    }
    alarm_.Set(queue_.SlotAtOnce().queue.get(),
               gpr_inf_past(GPR_CLOCK_REALTIME), this);
  }

  // Waits for the last event. gRPC ends the process for an event that is put
  // into a queue after Close.
  void AwaitLast() const {
    while (!over_) std::this_thread::yield();
  }

 private:
  CompletionLoop& queue_;
  const std::function<bool()> done_;
  std::atomic<bool> over_ = false;
  grpc::Alarm alarm_;
};

// Events of waiting calls also get a turn while new calls keep arriving.
TEST_F(CompletionLoopTest, TellsWhatHappensBesideWhileManyArrive) {
  CompletionLoop::Slot& first = queue_.SlotAtOnce();
  while (first.open < CompletionLoop::kMostCalls) BeginAt(first);
  CompletionLoop::Slot& second = BeginOne();
  while (second.open < CompletionLoop::kMostCalls) BeginAt(second);
  CompletionLoop::Slot& third = BeginOne();
  CallsEnd at_first(queue_, first);
  CallsEnd at_second(queue_, second);
  CallsEnd at_third(queue_, third);
  at_second.Set();
  at_third.Set();
  Arrives arrives(queue_, [&] {
    const bool told = second.open == 0 && third.open == 0;
    if (told) at_first.Set();
    return told;
  });
  arrives.Happened(true);
  std::thread serves([&] { queue_.Serve(); });
  open_.WaitForNone();
  queue_.Close();
  serves.join();
}

TEST_F(CompletionLoopTest, ItsPulseTellsForHowLongItHasNotBeenServed) {
  EXPECT_EQ(queue_.Pulse(absl::Seconds(10)), absl::ZeroDuration());
  EXPECT_EQ(queue_.Pulse(absl::Seconds(11)), absl::Seconds(1));
  EXPECT_EQ(queue_.Pulse(absl::Seconds(15)), absl::Seconds(5));
  std::thread serves([&] { queue_.Serve(); });
  while (queue_.Pulse(absl::Seconds(20)) > absl::ZeroDuration()) {
    std::this_thread::yield();
  }
  queue_.EndPulse();
  queue_.Close();
  serves.join();
}

// At first no thread serves the queue; later one does again.
TEST_F(CompletionLoopTest, AnotherThreadRelievesTheOneThatServesUntilItIsBack) {
  CompletionLoop::Slot& first = queue_.SlotAtOnce();
  BeginAt(first);
  CallsEnd end(queue_, first);
  end.Set();
  std::atomic<bool> relieved = false;
  // The event begins before the threads do, because ThreadSanitizer does not
  // see that gRPC hands the event over.
  Arrives arrives(queue_, [&] { return relieved.load(); });
  arrives.Happened(true);
  std::thread relieves([&] {
    queue_.Relieve();
    relieved = true;
  });
  open_.WaitForNone();
  EXPECT_FALSE(relieved);
  std::thread serves([&] { queue_.Serve(); });
  relieves.join();
  arrives.AwaitLast();
  queue_.Close();
  serves.join();
}

}  // namespace
}  // namespace vtlookup
