#include "server/transport/connection_table.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kMiB = 1U << 20;
constexpr absl::Duration kTick = absl::Milliseconds(100);

ConnectionTable::Peer PeerAt(const std::string& address, int port) {
  return {.name = absl::StrCat("ipv4:", address, ":", port),
          .address = address,
          .local = address == "127.0.0.1"};
}

class ConnectionTableTest : public testing::Test {
 protected:
  void Add(int id, const std::string& address) {
    table_.Add(id, PeerAt(address, id));
  }
  ConnectionTable::Room RoomFor(const std::string& address) const {
    return table_.RoomFor(PeerAt(address, 1));
  }
  // Makes a tick, before which connection `id` has received `received` bytes in
  // all.
  std::vector<int> Tick(int id, uint64_t received, bool held_up = false) {
    return table_.Judge({{.id = id, .received = received}},
                        std::exchange(taken_, {}), kTick, held_up);
  }
  // Reports requests of connection `id` at `address`.
  void Take(int id, const std::string& address, const Intake::Counts& counts) {
    taken_[PeerAt(address, id).name] = counts;
  }

  ConnectionTable table_{
      {.max_connections = 4, .max_per_address = 2, .max_unread = 64 * kMiB}};
  Intake::ByPeer taken_;
};

TEST_F(ConnectionTableTest, BoundsConnectionsOverAllAndByAddress) {
  Add(1, "10.0.0.1");
  EXPECT_EQ(RoomFor("10.0.0.1"), ConnectionTable::Room::kEnough);
  Add(2, "10.0.0.1");
  EXPECT_EQ(RoomFor("10.0.0.1"), ConnectionTable::Room::kAddressFull);
  EXPECT_EQ(RoomFor("10.0.0.2"), ConnectionTable::Room::kEnough);
  Add(3, "10.0.0.2");
  Add(4, "10.0.0.3");
  EXPECT_EQ(RoomFor("10.0.0.4"), ConnectionTable::Room::kFull);
  table_.Remove(2);
  EXPECT_EQ(RoomFor("10.0.0.1"), ConnectionTable::Room::kEnough);
}

TEST_F(ConnectionTableTest, ConnectionsOfThisMachineAreBoundedOverAllOnly) {
  for (int id = 1; id <= 3; ++id) Add(id, "127.0.0.1");
  EXPECT_EQ(RoomFor("127.0.0.1"), ConnectionTable::Room::kEnough);
  Add(4, "127.0.0.1");
  EXPECT_EQ(RoomFor("127.0.0.1"), ConnectionTable::Room::kFull);
}

TEST_F(ConnectionTableTest, TheMostSilentOfTheBusiestAddressGivesWay) {
  Add(1, "10.0.0.1");
  Add(2, "10.0.0.1");
  Add(3, "10.0.0.2");
  const std::vector<ConnectionTable::Sample> samples = {
      {.id = 1, .silent = absl::Seconds(20)},
      {.id = 2, .silent = absl::Seconds(30)},
      {.id = 3, .silent = absl::Seconds(99)}};
  EXPECT_THAT(table_.MostSilent(samples, 1, absl::Seconds(10)), ElementsAre(2));
  EXPECT_THAT(table_.MostSilent(samples, 9, absl::Seconds(10)),
              ElementsAre(2, 1));
  EXPECT_THAT(table_.MostSilent(samples, 9, absl::Seconds(40)), IsEmpty());
}

TEST_F(ConnectionTableTest, BytesThatNeverBecomeRequestsEndAConnection) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  int ticks = 0;
  while (Tick(1, received += 10 * kMiB).empty()) ASSERT_LT(++ticks, 20);
  EXPECT_EQ(received, 70 * kMiB);
}

TEST_F(ConnectionTableTest, RequestsMayBeAsManyAsOneLikes) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  for (int i = 0; i < 1000; ++i) {
    // Large requests: the received bytes also include headers and frames.
    Take(1, "10.0.0.1", {.calls = 10, .messages = 10, .bytes = 10 * kMiB});
    EXPECT_THAT(Tick(1, received += 10 * kMiB + 50'000), IsEmpty()) << i;
  }
  for (int i = 0; i < 1000; ++i) {
    // Small requests: 8,000 in a tenth of a second, with 150 bytes each on the
    // wire.
    Take(1, "10.0.0.1", {.calls = 8000, .messages = 8000, .bytes = 8000 * 40});
    EXPECT_THAT(Tick(1, received += 1'200'000), IsEmpty()) << i;
  }
  for (int i = 0; i < 1000; ++i) {
    // The messages of a stream, which are no calls of their own.
    Take(1, "10.0.0.1", {.messages = 10'000, .bytes = 10'000 * 30});
    EXPECT_THAT(Tick(1, received += 10'000 * 74), IsEmpty()) << i;
  }
}

// Requests with a token of 2 KiB that HPACK does not compress.
TEST_F(ConnectionTableTest, LongHeadersCountOnceThereIsAReasonToLookAtThem) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  for (int i = 0; i < 1000; ++i) {
    Take(1, "10.0.0.1",
         {.calls = 300,
          .messages = 300,
          .bytes = 300 * 40,
          .headers = table_.wants_headers() ? 300 * 2200U : 0});
    EXPECT_THAT(Tick(1, received += 300 * 2300), IsEmpty()) << i;
  }
}

TEST_F(ConnectionTableTest, HeadersThatCostTheClientNothingHideALittleOnly) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  int ticks = 0;
  do {
    ASSERT_LT(++ticks, 100);
    Take(1, "10.0.0.1",
         {.calls = 100, .messages = 100, .bytes = 0, .headers = 100 * kMiB});
  } while (Tick(1, received += 4 * kMiB).empty());
  EXPECT_GT(ticks, 10);
}

TEST_F(ConnectionTableTest, AClientMayAcknowledgeWhatItReceives) {
  Add(1, "10.0.0.1");
  for (uint64_t i = 1; i <= 10'000; ++i) {
    ASSERT_THAT(table_.Judge(
                    {{.id = 1, .received = i * 100'000, .sent = i * 10 * kMiB}},
                    {}, kTick, true),
                IsEmpty());
  }
}

TEST_F(ConnectionTableTest, CallsMayRunOutOfTimeByTheThousand) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  for (int i = 0; i < 10'000; ++i) {
    Take(1, "10.0.0.1", {.cancelled = 100});
    ASSERT_THAT(Tick(1, received += 100 * 250), IsEmpty()) << i;
  }
  // Calls that are reset at once come a hundred times as fast.
  int ticks = 0;
  do {
    ASSERT_LT(++ticks, 400);
    Take(1, "10.0.0.1", {.cancelled = 10'000});
  } while (Tick(1, received += 10'000 * 45).empty());
}

// The requests of one connection do not excuse the bytes of another.
TEST_F(ConnectionTableTest, OthersRequestsHideNothing) {
  Add(1, "10.0.0.1");
  Add(2, "10.0.0.2");
  uint64_t ticks = 0;
  std::vector<int> cut;
  while (cut.empty()) {
    ASSERT_LT(++ticks, 100U);
    Take(1, "10.0.0.1",
         {.calls = 10'000, .messages = 10'000, .bytes = 10'000 * 40});
    cut = table_.Judge({{.id = 1, .received = ticks * 1'000'000},
                        {.id = 2, .received = ticks * kMiB}},
                       std::exchange(taken_, {}), kTick, false);
  }
  EXPECT_THAT(cut, ElementsAre(2));
  EXPECT_LT(ticks, 70U);
}

TEST_F(ConnectionTableTest, AMessageMayTakeLongToArrive) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  for (int message = 0; message < 20; ++message) {
    for (int i = 0; i < 16; ++i) {
      EXPECT_THAT(Tick(1, received += kMiB), IsEmpty());
    }
    Take(1, "10.0.0.1", {.calls = 1, .messages = 1, .bytes = 16 * kMiB});
  }
}

TEST_F(ConnectionTableTest, WhileThreadsAreHeldUpTheLikeliestCauseIsCutAtOnce) {
  Add(1, "10.0.0.1");
  Add(2, "10.0.0.2");
  const auto tick = [&](uint64_t first, uint64_t second, bool held_up) {
    return table_.Judge(
        {{.id = 1, .received = first}, {.id = 2, .received = second}}, {},
        kTick, held_up);
  };
  EXPECT_THAT(tick(100'000, 3 * kMiB, true), IsEmpty());
  EXPECT_THAT(tick(200'000, 12 * kMiB, true), ElementsAre(2));
}

TEST_F(ConnectionTableTest, TheLargestIsCutWhenAllHaveSentTooMuch) {
  ConnectionTable table({.max_connections = 4,
                         .max_unread = 64 * kMiB,
                         .max_unread_of_all = 100 * kMiB});
  for (int id = 1; id <= 3; ++id) table.Add(id, PeerAt("10.0.0.1", id));
  const auto tick = [&](uint64_t each) {
    return table.Judge({{.id = 1, .received = each},
                        {.id = 2, .received = each + each / 8},
                        {.id = 3, .received = each}},
                       {}, kTick, false);
  };
  EXPECT_THAT(tick(8 * kMiB), IsEmpty());
  EXPECT_THAT(tick(30 * kMiB), IsEmpty());
  EXPECT_THAT(tick(40 * kMiB), ElementsAre(2));
}

TEST_F(ConnectionTableTest, ASteadyTrickleIsFree) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    ASSERT_THAT(Tick(1, received += 12, true), IsEmpty());
  }
}

TEST_F(ConnectionTableTest, ManyThatHoldAThreadUpTogetherAreCutSixteenAtATime) {
  ConnectionTable table({.max_connections = 100, .max_unread = 64 * kMiB});
  std::vector<ConnectionTable::Sample> samples;
  for (int id = 0; id < 50; ++id) {
    table.Add(id, PeerAt("10.0.0.1", id));
    samples.push_back({.id = id, .received = 100'000});
  }
  int ticks = 0;
  std::vector<int> cut;
  while ((cut = table.Judge(samples, {}, kTick, true)).empty()) {
    ASSERT_LT(++ticks, 20);
  }
  EXPECT_GE(ticks, 8);
  EXPECT_EQ(cut.size(), 16U);
  EXPECT_THAT(table.Judge(samples, {}, kTick, false), IsEmpty());
}

// Connections 0 to 99 have sent most of a mebibyte of a header that they do not
// finish. From connections 100 to 184 the server has read less so far.
TEST_F(ConnectionTableTest, ManyWithLongHeadersAreCutTogether) {
  ConnectionTable table({.max_connections = 300, .max_unread = 64 * kMiB});
  const auto samples_at = [](uint64_t tick) {
    std::vector<ConnectionTable::Sample> samples;
    for (int id = 0; id < 185; ++id) {
      const uint64_t beginning = id < 100 ? 900'000 : 60'000;
      samples.push_back({.id = id, .received = beginning + tick * 350});
    }
    // A long message, many short messages, and the first messages of an honest
    // client, once at the attacker's address and once at another.
    samples.push_back({.id = 185, .received = 500'000 + tick * 200'000});
    samples.push_back({.id = 186, .received = tick * 40'000});
    samples.push_back({.id = 187, .received = 1000});
    samples.push_back({.id = 188, .received = 60'000});
    return samples;
  };
  for (int id = 0; id <= 187; ++id) table.Add(id, PeerAt("10.0.0.1", id));
  table.Add(188, PeerAt("10.0.0.2", 188));
  const auto judge = [&](uint64_t tick, bool held_up) {
    return table.Judge(
        samples_at(tick),
        {{PeerAt("10.0.0.1", 186).name, {.messages = 1, .bytes = 50'000}}},
        kTick, held_up);
  };
  uint64_t tick = 1;
  EXPECT_THAT(judge(tick++, true), IsEmpty()) << "they have just begun";
  while (tick < 20) judge(tick++, false);
  const std::vector<int> cut = judge(tick++, true);
  EXPECT_EQ(cut.size(), 185U);
  EXPECT_TRUE(
      std::all_of(cut.begin(), cut.end(), [](int id) { return id < 185; }));
}

TEST_F(ConnectionTableTest, ASlowUploadIsCutOnlyWhileAThreadIsHeldUp) {
  Add(1, "10.0.0.1");
  uint64_t received = 0;
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(Tick(1, received += 20'000, false), IsEmpty()) << i;
  }
  EXPECT_THAT(Tick(1, received += 20'000, true), ElementsAre(1));
}

// A rapid reset whose calls are shown neither as calls nor as cancelled.
TEST_F(ConnectionTableTest, StreamsThatNobodyAnswersAreCut) {
  Add(1, "10.0.0.1");
  const auto judge = [this](uint64_t received,
                            std::optional<uint64_t> unanswered) {
    return table_.Judge(
        {{.id = 1, .received = received, .unanswered = unanswered}},
        std::exchange(taken_, {}), kTick, false);
  };
  EXPECT_THAT(judge(100'000, std::nullopt), IsEmpty());
  EXPECT_FALSE(table_.WantsStreams(1));
  EXPECT_THAT(judge(150'000, std::nullopt), IsEmpty());
  EXPECT_TRUE(table_.WantsStreams(1));
  EXPECT_THAT(judge(200'000, 1'000'000), IsEmpty()) << "those before";
  EXPECT_THAT(judge(250'000, 1'005'096), IsEmpty()) << "4,096 and max_streams";
  EXPECT_THAT(judge(300'000, 1'005'097), ElementsAre(1));
}

TEST_F(ConnectionTableTest, StreamsThatAreShownAsCancelledAreNotUnseen) {
  Add(1, "10.0.0.1");
  uint64_t unanswered = 0;
  uint64_t received = 0;
  for (int i = 0; i < 100; ++i) {
    received += 200'000;
    unanswered += 1000;
    Take(1, "10.0.0.1", {.cancelled = 1000});
    EXPECT_THAT(table_.Judge(
                    {{.id = 1, .received = received, .unanswered = unanswered}},
                    std::exchange(taken_, {}), kTick, false),
                IsEmpty())
        << i;
  }
}

TEST_F(ConnectionTableTest, UnansweredStreamsAreCountedWhileTheyAreWanted) {
  Add(1, "10.0.0.1");
  const auto judge = [this](std::optional<uint64_t> unanswered) {
    return table_.Judge(
        {{.id = 1, .received = 200'000, .unanswered = unanswered}}, {}, kTick,
        false);
  };
  EXPECT_THAT(judge(0), IsEmpty());
  EXPECT_THAT(judge(5000), IsEmpty());
  EXPECT_THAT(judge(std::nullopt), IsEmpty());
  EXPECT_THAT(judge(5000), IsEmpty());
  EXPECT_THAT(judge(10'000), IsEmpty()) << "5,000 since they are wanted again";
  EXPECT_THAT(judge(200), IsEmpty()) << "they were answered";
  EXPECT_THAT(judge(10'097), ElementsAre(1));
}

// The thread serves its queue, so `held_up` is false. Only the bytes that it
// does not read show that it is held up.
TEST_F(ConnectionTableTest, BytesThatNobodyReadsSayThatAThreadIsHeldUp) {
  Add(1, "10.0.0.1");
  Add(2, "10.0.0.2");
  const auto cut_with = [this](uint64_t taken, absl::Duration passed) {
    return table_.Judge({{.id = 1, .received = 900'000},
                         {.id = 2, .received = 1000, .waiting = 1000 - taken}},
                        {}, passed, false);
  };
  for (int i = 0; i < 20; ++i) cut_with(1000, kTick);
  EXPECT_TRUE(table_.wants_waiting());
  for (int i = 0; i < 5; ++i) EXPECT_THAT(cut_with(900, kTick), IsEmpty());
  EXPECT_THAT(cut_with(900, absl::Seconds(30)), IsEmpty()) << "SIGSTOP";
  EXPECT_THAT(cut_with(901, kTick), IsEmpty()) << "it has read some";
  for (int i = 0; i < 4; ++i) EXPECT_THAT(cut_with(901, kTick), IsEmpty());
  EXPECT_THAT(cut_with(901, kTick), ElementsAre(1));
}

TEST_F(ConnectionTableTest, WithoutALimitNobodyIsCut) {
  ConnectionTable table({.max_connections = 1, .max_unread = 0});
  table.Add(1, PeerAt("10.0.0.1", 1));
  for (uint64_t i = 1; i < 100; ++i) {
    EXPECT_THAT(
        table.Judge({{.id = 1, .received = i * 100 * kMiB}}, {}, kTick, true),
        IsEmpty());
  }
}

}  // namespace
}  // namespace vtlookup
