// Tests StreamLookup as ordinary gRPC clients use it.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/programs.h"
#include "tests/integration/stream_helpers.h"

namespace vtlookup {
namespace {

using Stub = v1::LookupService::Stub;

// Sends all items, and returns all answers by request id.
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

// Sends all items in messages with several items each, and returns all answers
// by request id.
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
  EXPECT_NE(status.error_message().find("limits.max_batch is 2"),
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

}  // namespace
}  // namespace vtlookup
