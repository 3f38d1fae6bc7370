#include "server/call_queue.h"

#include <grpcpp/alarm.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <latch>
#include <thread>

#include "gtest/gtest.h"

namespace vtlookup {
namespace {

TEST(OpenCalls, WhoWaitsForNoneIsHeldUntilTheLastHasEnded) {
  OpenCalls open;
  open.WaitForNone();  // there is none
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

class CallQueueTest : public testing::Test {
 protected:
  ~CallQueueTest() override {
    queue_.Close();
    queue_.Serve();
  }

  CallQueue::Place& BeginOne() {
    CallQueue::Place& place = queue_.PlaceForWaiting();
    BeginAt(place);
    return place;
  }
  void BeginAt(CallQueue::Place& place) {
    queue_.Ask();
    queue_.Begin(place);
  }

  grpc::ServerBuilder builder_;
  OpenCalls open_;
  CallQueue queue_{builder_.AddCompletionQueue(), open_};
};

TEST_F(CallQueueTest, ThousandsThatWaitAreNotAtOneQueue) {
  CallQueue::Place& first = queue_.PlaceAtOnce();
  for (size_t i = 0; i < CallQueue::kMostCalls; ++i) {
    EXPECT_EQ(&BeginOne(), &first);
  }
  CallQueue::Place& second = BeginOne();
  EXPECT_NE(&second, &first);
  for (size_t i = 1; i < CallQueue::kMostCalls; ++i) {
    EXPECT_EQ(&BeginOne(), &second);
  }
  CallQueue::Place& third = queue_.PlaceForWaiting();
  EXPECT_NE(&third, &first);
  EXPECT_NE(&third, &second);
  EXPECT_EQ(&queue_.PlaceAtOnce(), &first);
  // Where there is room again, it is used.
  queue_.End(second);
  EXPECT_EQ(&queue_.PlaceForWaiting(), &second);
  queue_.End(first);
  EXPECT_EQ(&queue_.PlaceForWaiting(), &first);
  while (first.open > 0) queue_.End(first);
  while (second.open > 0) queue_.End(second);
  open_.WaitForNone();
}

// The end of all calls at a place, of which its queue tells.
class CallsEnd final : public QueueEvent {
 public:
  CallsEnd(CallQueue& queue, CallQueue::Place& place)
      : queue_(queue), place_(place) {
    alarm_.Set(place.queue.get(), gpr_now(GPR_CLOCK_REALTIME), this);
  }
  void Happened(bool ok) override {
    EXPECT_TRUE(ok);
    while (place_.open > 0) queue_.End(place_);
    told_.count_down();
  }
  void Wait() { told_.wait(); }

 private:
  CallQueue& queue_;
  CallQueue::Place& place_;
  grpc::Alarm alarm_;
  std::latch told_{1};
};

TEST_F(CallQueueTest, TellsWhatHappensBesideWhileNothingArrives) {
  CallQueue::Place& first = queue_.PlaceAtOnce();
  while (first.open < CallQueue::kMostCalls) BeginAt(first);
  CallQueue::Place& second = BeginOne();
  CallsEnd at_second(queue_, second);
  std::thread serves([&] { queue_.Serve(); });
  at_second.Wait();
  CallsEnd at_first(queue_, first);
  open_.WaitForNone();
  queue_.Close();
  serves.join();
}

// Calls that arrive leave those that wait their turn, too.
TEST_F(CallQueueTest, TellsWhatHappensBesideWhileManyArrive) {
  class Again final : public QueueEvent {
   public:
    explicit Again(CallQueue& queue) : queue_(queue) {}
    void Happened(bool ok) override {
      EXPECT_TRUE(ok);
      if (stop) return stopped.count_down();
      alarm_.Set(queue_.PlaceAtOnce().queue.get(),
                 gpr_inf_past(GPR_CLOCK_REALTIME), this);
    }
    std::atomic<bool> stop = false;
    std::latch stopped{1};

   private:
    CallQueue& queue_;
    grpc::Alarm alarm_;
  };
  CallQueue::Place& first = queue_.PlaceAtOnce();
  while (first.open < CallQueue::kMostCalls) BeginAt(first);
  CallQueue::Place& second = BeginOne();
  CallQueue::Place& third = [&]() -> CallQueue::Place& {
    while (second.open < CallQueue::kMostCalls) BeginAt(second);
    return BeginOne();
  }();
  Again again(queue_);
  CallsEnd at_second(queue_, second);
  CallsEnd at_third(queue_, third);
  std::thread serves([&] {
    again.Happened(true);
    queue_.Serve();
  });
  at_second.Wait();
  at_third.Wait();
  again.stop = true;
  again.stopped.wait();
  CallsEnd at_first(queue_, first);
  open_.WaitForNone();
  queue_.Close();
  serves.join();
}

}  // namespace
}  // namespace vtlookup
