#include "server/transport/stream_counts.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kNow = absl::Seconds(100);

// A gRPC server that has no service, so it answers each call with
// UNIMPLEMENTED. A call to itself tells what the server calls the connection.
class StreamCountsTest : public testing::Test {
 protected:
  StreamCountsTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterCallbackGenericService(&peers_);
    server_ = builder.BuildAndStart();
    channel_ = Connect();
  }
  ~StreamCountsTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  std::shared_ptr<grpc::Channel> Connect() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_),
                                     grpc::InsecureChannelCredentials(),
                                     arguments);
  }

  // Makes a call and returns the server's name for the connection.
  std::string Call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto call =
        stub.PrepareUnaryCall(&context, "/a/b", grpc::ByteBuffer(), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, this);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return status.error_message();
  }

  // Answers each call with an error whose message is the connection's name.
  class Peers final : public grpc::CallbackGenericService {
    grpc::ServerGenericBidiReactor* CreateReactor(
        grpc::GenericCallbackServerContext* context) override {
      class Reactor final : public grpc::ServerGenericBidiReactor {
       public:
        explicit Reactor(const std::string& peer) {
          Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, peer));
        }
        void OnDone() override { delete this; }
      };
      return new Reactor(context->peer());
    }
  };

  int port_ = 0;
  Peers peers_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  StreamCounts counts_;
};

TEST_F(StreamCountsTest, CountsTheCallsOfEachConnection) {
  const std::string first = Call(channel_);
  Call(channel_);
  Call(channel_);
  const std::shared_ptr<grpc::Channel> other = Connect();
  const std::string second = Call(other);
  ASSERT_NE(first, second);
  EXPECT_EQ(counts_.Of(first, kNow), 3U);
  EXPECT_EQ(counts_.Of(second, kNow), 1U);
  Call(channel_);
  EXPECT_EQ(counts_.Of(first, kNow), 4U);
}

TEST_F(StreamCountsTest, LooksForNewConnectionsNowAndThen) {
  EXPECT_EQ(counts_.Of("ipv4:10.1.2.3:4", kNow), std::nullopt);
  const std::string peer = Call(channel_);
  EXPECT_EQ(counts_.Of(peer, kNow + absl::Milliseconds(199)), std::nullopt);
  EXPECT_EQ(counts_.Of(peer, kNow + absl::Milliseconds(200)), 1U);
}

TEST_F(StreamCountsTest, KnowsNothingOfUnixSocketsNorOfEndedServers) {
  const std::string peer = Call(channel_);
  EXPECT_EQ(counts_.Of("unix:", kNow), std::nullopt);
  EXPECT_EQ(counts_.Of(peer, kNow), 1U);
  channel_.reset();
  server_->Shutdown();
  server_->Wait();
  server_.reset();
  EXPECT_EQ(counts_.Of(peer, kNow + absl::Seconds(1)), std::nullopt);
}

}  // namespace
}  // namespace vtlookup
