#ifndef VTLOOKUP_TESTS_FAKES_FAKE_CALL_H_
#define VTLOOKUP_TESTS_FAKES_FAKE_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/test/server_context_test_spouse.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace vtlookup {

// The context of a call without a server: it has headers, but no connection, so
// its peer is empty, and no deadline.
class FakeCall {
 public:
  using Header = std::pair<const char*, std::string>;

  FakeCall(std::initializer_list<Header> headers = {}) {
    for (const auto& [name, value] : headers) {
      access_.AddClientMetadata(name, value);
    }
  }

  grpc::ServerContext& context() { return context_; }

 private:
  grpc::ServerContext context_;
  grpc::testing::ServerContextTestSpouse access_{&context_};
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_FAKE_CALL_H_
