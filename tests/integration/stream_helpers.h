#ifndef VTLOOKUP_TESTS_INTEGRATION_STREAM_HELPERS_H_
#define VTLOOKUP_TESTS_INTEGRATION_STREAM_HELPERS_H_

#include <cstdint>
#include <memory>

#include "tests/integration/programs.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

// Returns a stub of the daemon's LookupService, with a connection of its own.
std::unique_ptr<v1::LookupService::Stub> StubOf(const DaemonProgram& daemon);

// Returns a message of StreamLookup with one item.
v1::StreamLookupRequest Item(uint64_t id, const v1::Indicator& indicator);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_STREAM_HELPERS_H_
