#include "server/transport/stream_counts.h"

#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kNow = absl::Seconds(100);

// A gRPC server that answers a call with an error whose message is the server's
// name for the connection. It leaves calls of the method /hold open.
class StreamCountsTest : public testing::Test {
 protected:
  StreamCountsTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterCallbackGenericService(&service_);
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
  static std::string Call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto call =
        stub.PrepareUnaryCall(&context, "/name", grpc::ByteBuffer(), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, &status);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return status.error_message();
  }

  // Makes a call that stays open, waits until the server has it, and cancels
  // it; then waits until the server knows that.
  void CancelledCall() {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto call =
        stub.PrepareUnaryCall(&context, "/hold", grpc::ByteBuffer(), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, &status);
    service_.held.acquire();
    open_while_held_ = counts_.Of(Call(channel_), kNow);
    context.TryCancel();
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    service_.cancelled.acquire();
  }

  // Whether the count of a connection becomes `count`; a client may have its
  // answer a little before gRPC counts that.
  bool Becomes(const std::string& peer, uint64_t count) {
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    while (counts_.Of(peer, kNow) != count) {
      if (absl::Now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }

  class Service final : public grpc::CallbackGenericService {
   public:
    std::counting_semaphore<> held{0};       // calls that stay open
    std::counting_semaphore<> cancelled{0};  // calls that were cancelled

   private:
    class Name final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Name(const std::string& peer) {
        Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, peer));
      }
      void OnDone() override { delete this; }
    };
    class Hold final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Hold(Service& service) : service_(service) {
        service_.held.release();
      }
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override {
        service_.cancelled.release();
        delete this;
      }

     private:
      Service& service_;
    };

    grpc::ServerGenericBidiReactor* CreateReactor(
        grpc::GenericCallbackServerContext* context) override {
      if (context->method() == "/hold") return new Hold(*this);
      return new Name(context->peer());
    }
  };

  int port_ = 0;
  Service service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  StreamCounts counts_;
  std::optional<uint64_t> open_while_held_;
};

TEST_F(StreamCountsTest, CountsCallsThatAreOpenOrWereReset) {
  const std::string peer = Call(channel_);
  const std::shared_ptr<grpc::Channel> other = Connect();
  const std::string second = Call(other);
  ASSERT_NE(peer, second);
  EXPECT_TRUE(Becomes(peer, 0)) << "answered";
  CancelledCall();
  EXPECT_GE(open_while_held_, 1U);
  EXPECT_TRUE(Becomes(peer, 1));
  CancelledCall();
  EXPECT_TRUE(Becomes(peer, 2));
  EXPECT_TRUE(Becomes(second, 0));
}

TEST_F(StreamCountsTest, LooksForNewConnectionsNowAndThen) {
  EXPECT_EQ(counts_.Of("ipv4:10.1.2.3:4", kNow), std::nullopt);
  const std::string peer = Call(channel_);
  EXPECT_EQ(counts_.Of(peer, kNow + absl::Milliseconds(199)), std::nullopt);
  EXPECT_TRUE(counts_.Of(peer, kNow + absl::Milliseconds(200)).has_value());
}

TEST_F(StreamCountsTest, KnowsNothingOfUnixSocketsNorOfEndedServers) {
  const std::string peer = Call(channel_);
  EXPECT_EQ(counts_.Of("unix:", kNow), std::nullopt);
  EXPECT_TRUE(counts_.Of(peer, kNow).has_value());
  channel_.reset();
  server_->Shutdown();
  server_->Wait();
  server_.reset();
  EXPECT_EQ(counts_.Of(peer, kNow + absl::Seconds(1)), std::nullopt);
}

}  // namespace
}  // namespace vtlookup
