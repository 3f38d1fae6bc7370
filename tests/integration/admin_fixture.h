#ifndef VTLOOKUP_TESTS_INTEGRATION_ADMIN_FIXTURE_H_
#define VTLOOKUP_TESTS_INTEGRATION_ADMIN_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/fakes/temp_dir.h"
#include "tests/integration/programs.h"
#include "vtlookup/v1/admin.grpc.pb.h"

namespace vtlookup {

// A client of AdminService. Its calls have a deadline, and the token if there
// is one.
class Admin {
 public:
  explicit Admin(std::shared_ptr<grpc::Channel> channel, std::string token = "")
      : stub_(v1::AdminService::NewStub(std::move(channel))),
        token_(std::move(token)) {}

  template <typename Request, typename Response>
  Response Ask(grpc::Status (v1::AdminService::Stub::*rpc)(grpc::ClientContext*,
                                                           const Request&,
                                                           Response*),
               const Request& request,
               grpc::StatusCode expected = grpc::StatusCode::OK) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    if (!token_.empty()) {
      context.AddMetadata("authorization", "Bearer " + token_);
    }
    Response response;
    last_ = (stub_.get()->*rpc)(&context, request, &response);
    EXPECT_EQ(last_.error_code(), expected) << last_.error_message();
    return response;
  }

  // Returns all entries that the filter selects, read page by page.
  std::vector<v1::CacheEntry> Entries(const v1::EntryFilter& filter = {},
                                      int page_size = 0);

  v1::InvalidateEntriesResponse Invalidate(
      const v1::InvalidateEntriesRequest& request,
      grpc::StatusCode expected = grpc::StatusCode::OK) {
    return Ask(&v1::AdminService::Stub::InvalidateEntries, request, expected);
  }

  const grpc::Status& last() const { return last_; }
  v1::AdminService::Stub& stub() { return *stub_; }

 private:
  std::unique_ptr<v1::AdminService::Stub> stub_;
  std::string token_;
  grpc::Status last_;
};

// Has vtsim, and a folder for a daemon with the socket of its AdminService.
class AdminTest : public testing::Test {
 protected:
  std::shared_ptr<grpc::Channel> Socket() const;

  TempDir dir_;
  SimProgram sim_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_ADMIN_FIXTURE_H_
