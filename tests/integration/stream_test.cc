// StreamLookup and WatchLookup, as ordinary gRPC clients use them.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "tests/integration/programs.h"
#include "tests/sanitizers.h"
#include "vtlookup/connection.h"
#include "vtlookup/lookup_stream.h"

namespace vtlookup {
namespace {

using Stub = v1::LookupService::Stub;

std::unique_ptr<Stub> StubOf(const DaemonProgram& daemon) {
  return v1::LookupService::NewStub(Connect(daemon.address()));
}

v1::StreamLookupRequest Item(uint64_t id, const v1::Indicator& indicator) {
  v1::StreamLookupRequest request;
  request.set_request_id(id);
  *request.mutable_indicator() = indicator;
  return request;
}

// Sends all items, reads all answers; by request id.
std::map<uint64_t, v1::LookupResult> StreamAll(
    Stub& stub, const std::vector<v1::StreamLookupRequest>& items) {
  grpc::ClientContext context;
  const auto stream = stub.StreamLookup(&context);
  std::thread writer([&] {
    for (const auto& item : items) {
      if (!stream->Write(item)) break;
    }
    stream->WritesDone();
  });
  std::map<uint64_t, v1::LookupResult> results;
  v1::StreamLookupResponse response;
  while (stream->Read(&response)) {
    EXPECT_TRUE(
        results.emplace(response.request_id(), response.result()).second)
        << "answered twice";
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return results;
}

TEST(Stream, EachItemIsAnsweredOnceWithItsId) {
  const TempDir dir;
  const SimProgram sim({"--fault", "broken=error:400:BadRequestError"});
  DaemonProgram daemon(sim, dir.path());
  std::vector<v1::StreamLookupRequest> items;
  for (uint64_t i = 0; i < 2000; ++i) {
    items.push_back(
        Item(i, DomainIndicator("d" + std::to_string(i % 500) + ".com")));
  }
  items.push_back(Item(5000, DomainIndicator("broken.com")));
  items.push_back(Item(5001, DomainIndicator("not a domain")));
  items.push_back(Item(5002, v1::Indicator()));
  items.push_back(Item(5003, DomainIndicator("d1.com")));
  items.back().mutable_options()->set_view(static_cast<v1::View>(77));
  const auto results = StreamAll(*StubOf(daemon), items);
  EXPECT_EQ(results.size(), items.size());
  for (uint64_t i = 0; i < 2000; ++i) {
    ASSERT_TRUE(results.at(i).has_response()) << i;
    EXPECT_EQ(results.at(i).response().verdict().indicator().domain(),
              "d" + std::to_string(i % 500) + ".com");
  }
  EXPECT_EQ(results.at(5000).error().code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(results.at(5001).response().verdict().response_code(), -1);
  EXPECT_EQ(results.at(5002).error().code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(results.at(5003).error().code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(sim.Requests().size(), 501) << "duplicates cost nothing";
}

// Answers of a stream on which all items were sent in messages of several, by
// request id.
std::map<uint64_t, v1::LookupResult> StreamTogether(
    Stub& stub, const std::vector<v1::StreamLookupRequest>& messages) {
  grpc::ClientContext context;
  const auto stream = stub.StreamLookup(&context);
  for (const auto& message : messages) EXPECT_TRUE(stream->Write(message));
  stream->WritesDone();
  std::map<uint64_t, v1::LookupResult> results;
  v1::StreamLookupResponse response;
  while (stream->Read(&response)) {
    EXPECT_FALSE(response.has_result());
    EXPECT_LT(response.ByteSizeLong(), 128 << 10);
    for (const auto& answer : response.answers()) {
      EXPECT_TRUE(results.emplace(answer.request_id(), answer.result()).second)
          << "answered twice";
    }
  }
  EXPECT_TRUE(stream->Finish().ok());
  return results;
}

TEST(Stream, ItemsMayComeTogether) {
  const TempDir dir;
  const SimProgram sim({"--fault", "broken=error:400:BadRequestError"});
  DaemonProgram daemon(sim, dir.path());
  std::vector<v1::StreamLookupRequest> messages(3);
  const auto add = [](v1::StreamLookupRequest& to, uint64_t id,
                      const v1::Indicator& indicator) {
    v1::StreamLookupRequest::Item& item = *to.add_items();
    item.set_request_id(id);
    *item.mutable_indicator() = indicator;
  };
  const auto name_of = [](uint64_t id) {
    return "d" + std::to_string(id % 500) + ".com";
  };
  for (uint64_t id = 0; id < 2000; ++id) {
    add(messages[id % 2], id, DomainIndicator(name_of(id)));
  }
  add(messages[0], 5000, DomainIndicator("broken.com"));
  add(messages[0], 5001, DomainIndicator("not a domain"));
  add(messages[1], 5002, v1::Indicator());
  messages[1].set_request_id(5003);  // beside the others
  *messages[1].mutable_indicator() = DomainIndicator("d1.com");
  add(messages[2], 5004, DomainIndicator("d1.com"));
  messages[2].mutable_options()->set_view(static_cast<v1::View>(77));
  const auto results = StreamTogether(*StubOf(daemon), messages);
  EXPECT_EQ(results.size(), 2005);
  for (uint64_t id = 0; id < 2000; ++id) {
    ASSERT_TRUE(results.at(id).has_response()) << id;
    EXPECT_EQ(results.at(id).response().verdict().indicator().domain(),
              name_of(id));
  }
  EXPECT_EQ(results.at(5000).error().code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(results.at(5001).response().verdict().response_code(), -1);
  for (const uint64_t id : {5002U, 5004U}) {
    EXPECT_EQ(results.at(id).error().code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_TRUE(results.at(5003).has_response());
  EXPECT_EQ(sim.Requests().size(), 501) << "duplicates cost nothing";
}

TEST(Stream, TooManyItemsTogetherEndItAndWhoWaitsIsToldWhy) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(sim, dir.path(), {"--limits.max_batch=2"});
  grpc::ClientContext context;
  const auto stub = StubOf(daemon);
  const auto stream = stub->StreamLookup(&context);
  ASSERT_TRUE(stream->Write(Item(7, DomainIndicator("hang.com"))));
  v1::StreamLookupRequest many;
  for (int i = 0; i < 3; ++i) many.add_items();
  ASSERT_TRUE(stream->Write(many));
  v1::StreamLookupResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.request_id(), 7);
  EXPECT_EQ(response.result().error().code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("over the limit of 2"),
            std::string::npos)
      << status.error_message();
}

TEST(Stream, SeveralThreadsServeTheirConnections) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path(), {"--listen.threads=3"});
  std::vector<std::thread> clients;
  for (uint64_t client = 0; client < 6; ++client) {
    clients.emplace_back([&daemon, client] {
      const auto stub = StubOf(daemon);
      std::vector<v1::StreamLookupRequest> items;
      for (uint64_t i = 0; i < 1000; ++i) {
        items.push_back(
            Item(i, DomainIndicator("d" + std::to_string(i % 100) + ".com")));
      }
      EXPECT_EQ(StreamAll(*stub, items).size(), 1000);
      for (int i = 0; i < 100; ++i) {
        grpc::ClientContext context;
        v1::LookupRequest request;
        *request.mutable_indicator() =
            DomainIndicator("d" + std::to_string(i) + ".com");
        v1::LookupResponse response;
        EXPECT_TRUE(stub->Lookup(&context, request, &response).ok());
        EXPECT_EQ(response.source(), v1::SOURCE_MEMORY) << client;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(sim.Requests().size(), 100);
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0);
}

TEST(Stream, HitsDoNotWaitForMisses) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(sim, dir.path());
  const auto stub = StubOf(daemon);
  ASSERT_TRUE(daemon.NewClient().Lookup(DomainIndicator("a.com")).ok());
  grpc::ClientContext context;
  const auto stream = stub->StreamLookup(&context);
  ASSERT_TRUE(stream->Write(Item(1, DomainIndicator("hang.com"))));
  ASSERT_TRUE(stream->Write(Item(2, DomainIndicator("a.com"))));
  v1::StreamLookupResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.request_id(), 2);
  EXPECT_EQ(response.result().response().source(), v1::SOURCE_MEMORY);
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

// Sends items that nobody answers.
void SendHanging(grpc::ClientReaderWriter<v1::StreamLookupRequest,
                                          v1::StreamLookupResponse>& stream,
                 int count) {
  for (int i = 0; i < count; ++i) {
    ASSERT_TRUE(stream.Write(
        Item(static_cast<uint64_t>(i),
             DomainIndicator("hang" + std::to_string(i) + ".com"))));
  }
}

TEST(Stream, HoldsAHundredThousandItems) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(
      sim, dir.path(),
      {"--virustotal.timeout=10m", "--limits.max_stream=200000",
       "--limits.max_queued=200000", "--limits.wait_without_deadline=10m"});
  const int64_t before = ResidentKib(daemon.program().pid());
  grpc::ClientContext context;
  const auto stream = StubOf(daemon)->StreamLookup(&context);
  constexpr int kItems = 100000;
  SendHanging(*stream, kItems);
  // Only when the last has been read is all of it in the daemon.
  ASSERT_TRUE(stream->Write(Item(kItems, v1::Indicator())));
  v1::StreamLookupResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.request_id(), kItems);
  const int64_t grown = ResidentKib(daemon.program().pid()) - before;
  RecordProperty("bytes_per_item", static_cast<int>(grown * 1024 / kItems));
  if (!kSanitized) {
    EXPECT_LT(grown * 1024 / kItems, 8 * 1024) << "bytes for each item";
  }
  daemon.program().Signal(SIGTERM);
  int answered = 0;
  while (stream->Read(&response)) {
    ++answered;
    EXPECT_EQ(response.result().error().code(), grpc::StatusCode::UNAVAILABLE);
  }
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(daemon.program().Wait(), 0);
  if (!kSanitized) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_message(), "the daemon is shutting down");
    EXPECT_EQ(answered, kItems) << "each was told";
  }
}

// Microseconds that 99 of 100 hits take at most.
double SlowestButOnePercent(const Client& client,
                            const v1::Indicator& indicator) {
  std::vector<double> times;
  for (int i = 0; i < 3000; ++i) {
    const absl::Duration begin = MonotonicTime();
    const auto hit = client.Lookup(indicator);
    times.push_back(absl::ToDoubleMicroseconds(MonotonicTime() - begin));
    EXPECT_TRUE(hit.ok()) << hit.status();
    if (hit.ok()) {
      EXPECT_EQ(hit->source(), v1::SOURCE_MEMORY);
    }
  }
  std::sort(times.begin(), times.end());
  return times[times.size() * 99 / 100];
}

TEST(Stream, TenThousandThatWaitSlowNeitherHitsNorShutdown) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(
      sim, dir.path(),
      {"--virustotal.timeout=10m", "--limits.wait_without_deadline=10m"});
  const Client client = daemon.NewClient();
  const v1::Indicator good = DomainIndicator("a.com");
  ASSERT_TRUE(client.Lookup(good).ok());
  const double alone = SlowestButOnePercent(client, good);
  grpc::ClientContext context;
  const auto stream = StubOf(daemon)->StreamLookup(&context);
  SendHanging(*stream, 10000);
  const double beside = SlowestButOnePercent(client, good);
  RecordProperty("hit_p99_alone_us", static_cast<int>(alone));
  RecordProperty("hit_p99_beside_us", static_cast<int>(beside));
  std::printf("[ NOTE     ] p99 of hits: %.0f us alone, %.0f us beside\n",
              alone, beside);
  // Generous, for machines with other things to do: queueing behind the
  // waiters would take a thousand times as long.
  EXPECT_LT(beside, std::max(alone * 20, 50000.0));
  const absl::Duration begin = MonotonicTime();
  daemon.program().Signal(SIGTERM);
  v1::StreamLookupResponse response;
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(daemon.program().Wait(), 0);
  const absl::Duration took = MonotonicTime() - begin;
  RecordProperty("shutdown_ms",
                 static_cast<int>(absl::ToInt64Milliseconds(took)));
  if (!kSanitized) {
    // Two seconds are for those that wait.
    EXPECT_LT(took, absl::Seconds(3.5));
  }
  stream->Finish();
}

// Answers pile up at a client that does not read; not in the daemon.
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
  // What the first one had asked, the second one knows.
  EXPECT_EQ(sim.Requests().size(), 500);
}

// The daemon has a lot to do for messages that it has read when it is to end:
// all that it knows is on disk.
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

TEST(Stream, AnIdleStreamDoesNotKeepItsLastMessage) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const auto stub = StubOf(daemon);
  v1::StreamLookupRequest large;
  // Unknown fields may be of any size.
  large.GetReflection()->MutableUnknownFields(&large)->AddLengthDelimited(
      1000, std::string(12 << 20, 'x'));
  constexpr int kStreams = 10;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<
      v1::StreamLookupRequest, v1::StreamLookupResponse>>>
      streams;
  const int64_t before = ResidentKib(daemon.program().pid());
  for (int i = 0; i < kStreams; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(stub->StreamLookup(contexts.back().get()));
    ASSERT_TRUE(streams.back()->Write(large));
    v1::StreamLookupResponse response;
    ASSERT_TRUE(streams.back()->Read(&response));
  }
  const int64_t grown = ResidentKib(daemon.program().pid()) - before;
  if (!kSanitized) {
    EXPECT_LT(grown, kStreams * 12 * 1024 / 2) << "KiB";
  }
  for (const auto& context : contexts) context->TryCancel();
  for (const auto& stream : streams) {
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

TEST(Stream, ASlowReaderHoldsUpItselfOnly) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const v1::Indicator good = FileIndicator(std::string(64, 'a'));
  ASSERT_TRUE(daemon.NewClient().Lookup(good).ok());
  const int64_t before = ResidentKib(daemon.program().pid());
  grpc::ClientContext context;
  const auto stream = StubOf(daemon)->StreamLookup(&context);
  constexpr int kItems = 200000;
  std::thread writer([&] {
    for (int i = 0; i < kItems; ++i) {
      if (!stream->Write(Item(static_cast<uint64_t>(i), good))) return;
    }
    stream->WritesDone();
  });
  // Until the daemon reads no more: its memory has settled.
  int64_t last = 0;
  int64_t now = ResidentKib(daemon.program().pid());
  const absl::Duration end = MonotonicTime() + absl::Seconds(20);
  while (MonotonicTime() < end) {
    const absl::Duration pause = MonotonicTime() + absl::Milliseconds(500);
    while (MonotonicTime() < pause) {
    }
    last = std::exchange(now, ResidentKib(daemon.program().pid()));
    if (now - last < 64) break;
  }
  if (!kSanitized) {
    EXPECT_LT(now - before, 64 * 1024) << "KiB";
  }
  int read = 0;
  v1::StreamLookupResponse response;
  while (stream->Read(&response)) ++read;
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(read, kItems) << "nothing is lost";
}

TEST(Stream, AClientThatLeavesLeavesNothingBehind) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(sim, dir.path(), {"--virustotal.max_inflight=1"});
  const auto stub = StubOf(daemon);
  for (int round = 0; round < 20; ++round) {
    grpc::ClientContext context;
    const auto stream = stub->StreamLookup(&context);
    for (uint64_t i = 0; i < 100; ++i) {
      stream->Write(
          Item(i, DomainIndicator("hang" + std::to_string(i) + ".com")));
    }
    context.TryCancel();
    stream->Finish();
  }
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0);
}

TEST(Watch, TellsWhatIsKnownThenTheFinalVerdict) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "1s"});
  DaemonProgram daemon(sim, dir.path(), {"--cache.ttl.queued=1s"});
  grpc::ClientContext context;
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = UrlIndicator("http://missing-malicious.com/");
  request.set_until_final(true);
  const auto stream = StubOf(daemon)->WatchLookup(&context, request);
  std::vector<int> codes;
  v1::WatchLookupResponse response;
  while (stream->Read(&response)) {
    codes.push_back(response.response().verdict().response_code());
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(codes, (std::vector<int>{-2, 1}));
}

TEST(Watch, HearsOfWhatOthersHaveRefreshed) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "0s"});
  DaemonProgram daemon(sim, dir.path(),
                       {"--virustotal.submit_missing_urls=false"});
  const v1::Indicator url = UrlIndicator("http://missing.com/");
  grpc::ClientContext context;
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = url;
  const auto stream = StubOf(daemon)->WatchLookup(&context, request);
  v1::WatchLookupResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.response().verdict().response_code(), 0);
  ASSERT_TRUE(daemon.NewClient().SubmitUrl("http://missing.com/").ok());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.response().verdict().response_code(), -2);
  v1::LookupOptions refresh;
  refresh.set_cache_mode(v1::CACHE_MODE_REFRESH);
  ASSERT_TRUE(daemon.NewClient().Lookup(url, refresh).ok());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.response().verdict().response_code(), 1);
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(Watch, EndsAtOnceWhereNothingCanChange) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const auto stub = StubOf(daemon);
  for (const auto& [indicator, answers, code] :
       {std::tuple(DomainIndicator("db.corp"), 1, grpc::StatusCode::OK),
        std::tuple(v1::Indicator(), 0, grpc::StatusCode::INVALID_ARGUMENT)}) {
    grpc::ClientContext context;
    v1::WatchLookupRequest request;
    *request.mutable_indicator() = indicator;
    const auto stream = stub->WatchLookup(&context, request);
    v1::WatchLookupResponse response;
    int read = 0;
    while (stream->Read(&response)) ++read;
    EXPECT_EQ(read, answers);
    EXPECT_EQ(stream->Finish().error_code(), code);
  }
}

TEST(Watch, EndsWhenTheDaemonStops) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  grpc::ClientContext context;
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = DomainIndicator("a.com");
  const auto stream = StubOf(daemon)->WatchLookup(&context, request);
  v1::WatchLookupResponse response;
  ASSERT_TRUE(stream->Read(&response));
  daemon.program().Signal(SIGTERM);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(daemon.program().Wait(), 0);
}

TEST(WaitForFinal, HoldsTheAnswerBack) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "1s"});
  DaemonProgram daemon(sim, dir.path(), {"--cache.ttl.queued=1s"});
  v1::LookupOptions options;
  options.mutable_wait_for_final()->set_seconds(20);
  const auto answer = daemon.NewClient().Lookup(
      UrlIndicator("http://missing-malicious.com/"), options);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->verdict().response_code(), 1);
  EXPECT_GT(answer->verdict().positives(), 0);
}

}  // namespace
}  // namespace vtlookup
