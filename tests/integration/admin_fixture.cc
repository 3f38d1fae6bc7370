#include "tests/integration/admin_fixture.h"

#include "vtlookup/connection.h"

namespace vtlookup {

std::vector<v1::CacheEntry> Admin::Entries(const v1::EntryFilter& filter,
                                           int page_size) {
  std::vector<v1::CacheEntry> all;
  v1::ListEntriesRequest request;
  *request.mutable_filter() = filter;
  request.set_page_size(page_size);
  do {
    const auto page = Ask(&v1::AdminService::Stub::ListEntries, request);
    EXPECT_LE(page.entries_size(), page_size == 0 ? 100 : page_size);
    all.insert(all.end(), page.entries().begin(), page.entries().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

std::shared_ptr<grpc::Channel> AdminTest::Socket() const {
  return Connect("unix:" + dir_.path() + "/admin.sock");
}

}  // namespace vtlookup
