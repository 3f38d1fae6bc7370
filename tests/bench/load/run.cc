#include "tests/bench/load/run.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

namespace vtlookup::bench {

RunLength::RunLength(const Settings& settings)
    : calls_(settings.calls),
      begin_(std::chrono::steady_clock::now()),
      end_(begin_ + std::chrono::duration_cast<Moment::duration>(
                        std::chrono::duration<double>(settings.seconds))) {}

bool RunLength::More(uint64_t started) const {
  return calls_ != 0 ? started < calls_
                     : std::chrono::steady_clock::now() < end_;
}

double RunLength::Seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                       begin_)
      .count();
}

std::vector<std::unique_ptr<grpc::GenericStub>> Connect(
    const Settings& settings) {
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (size_t i = 0; i < settings.connections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    stubs.push_back(
        std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
            settings.target, grpc::InsecureChannelCredentials(), arguments)));
  }
  return stubs;
}

}  // namespace vtlookup::bench
