#include "tests/integration/stream_helpers.h"

#include "vtlookup/connection.h"

namespace vtlookup {

std::unique_ptr<v1::LookupService::Stub> StubOf(const DaemonProgram& daemon) {
  return v1::LookupService::NewStub(Connect(daemon.address()));
}

v1::StreamLookupRequest Item(uint64_t id, const v1::Indicator& indicator) {
  v1::StreamLookupRequest request;
  request.set_request_id(id);
  *request.mutable_indicator() = indicator;
  return request;
}

}  // namespace vtlookup
