// Tests streams whose daemon stops while items wait.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/integration/programs.h"
#include "tests/integration/stream_helpers.h"
#include "tests/sanitizers.h"
#include "vtlookup/connection.h"
#include "vtlookup/lookup_stream.h"

namespace vtlookup {
namespace {

TEST(Stream, ARestartUnderLoadLosesNothingOfAClientThatAsksAgain) {
  const TempDir dir;
  const SimProgram sim;
  const std::string address = "unix:" + dir.path() + "/socket";
  const std::vector<std::string> at = {"--listen.address=" + address};
  auto daemon = std::make_unique<DaemonProgram>(sim, dir / "cache", at);
  std::mutex mu;
  std::map<uint64_t, v1::LookupResult> results;  // guarded by mu
  constexpr uint64_t kItems = 20000;
  {
    LookupStream stream(Client(Connect(address)), {.max_waiting = 100},
                        [&](uint64_t id, v1::LookupResult result) {
                          const std::lock_guard<std::mutex> lock(mu);
                          EXPECT_TRUE(results.emplace(id, result).second);
                        });
    for (uint64_t id = 0; id < kItems; ++id) {
      if (id == kItems / 2) {
        daemon->program().Signal(SIGTERM);
        EXPECT_EQ(daemon->program().Wait(), 0) << daemon->Errors();
        daemon = std::make_unique<DaemonProgram>(sim, dir / "cache", at);
      }
      stream.Send(
          id, DomainIndicator("n" + std::to_string(id % 500) + ".example.com"));
    }
  }
  ASSERT_EQ(results.size(), kItems);
  for (const auto& [id, result] : results) {
    ASSERT_TRUE(result.has_response())
        << id << ": " << result.error().message();
  }
  // The second daemon has the answers to the questions of the first.
  EXPECT_EQ(sim.Requests().size(), 500);
}

// The daemon is stopped while it has a lot of work for messages that it has
// read. All its verdicts are on disk only.
TEST(Stream, SigtermAmidLargeMessagesEndsCleanly) {
  constexpr uint64_t kItems = kSanitized ? 1000 : 10000;
  const TempDir dir;
  const SimProgram sim;
  v1::StreamLookupRequest many;
  many.mutable_options()->set_cache_mode(v1::CACHE_MODE_ONLY);
  std::vector<v1::Indicator> all;
  for (uint64_t i = 0; i < kItems; ++i) {
    all.push_back(DomainIndicator("d" + std::to_string(i) + ".com"));
    v1::StreamLookupRequest::Item& item = *many.add_items();
    item.set_request_id(i);
    *item.mutable_indicator() = all.back();
  }
  {
    DaemonProgram daemon(sim, dir.path());
    ASSERT_TRUE(daemon.NewClient().BatchLookup(all).ok());
    daemon.program().Signal(SIGTERM);
    ASSERT_EQ(daemon.program().Wait(), 0);
  }
  DaemonProgram daemon(sim, dir.path());
  std::latch answered(1);
  std::atomic_flag first;
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&] {
      const auto stub = StubOf(daemon);
      grpc::ClientContext context;
      const auto stream = stub->StreamLookup(&context);
      std::thread writer([&] {
        while (stream->Write(many)) {
        }
      });
      v1::StreamLookupResponse response;
      while (stream->Read(&response)) {
        if (!first.test_and_set()) answered.count_down();
      }
      writer.join();
      EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
    });
  }
  answered.wait();
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0) << daemon.Errors();
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace vtlookup
