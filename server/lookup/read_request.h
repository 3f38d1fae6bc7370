#ifndef VTLOOKUP_SERVER_LOOKUP_READ_REQUEST_H_
#define VTLOOKUP_SERVER_LOOKUP_READ_REQUEST_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/proto/indicator_fields.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A lookup request that was read without copying: the texts of the indicators
// point into `bytes`. The texts are not checked; they need not be UTF-8.
struct LookupBatch {
  LookupBatch() = default;
  // Not copied or moved, because a slice may hold its bytes inside itself, and
  // the texts point to them.
  LookupBatch(const LookupBatch&) = delete;
  LookupBatch& operator=(const LookupBatch&) = delete;

  grpc::Slice bytes;
  std::vector<RawIndicator> indicators;  // one for a request without a list
  v1::LookupOptions options;
  std::vector<uint64_t> request_ids;  // of a stream: one for each indicator
  bool several = false;               // the stream's message has `items`
};

// Read the request of Lookup, BatchLookup and StreamLookup into an empty
// `asked`. InvalidArgument when the bytes are no such message. Thread-safe.
absl::Status ReadLookup(const grpc::ByteBuffer& request, LookupBatch* asked);
absl::Status ReadBatch(const grpc::ByteBuffer& request, LookupBatch* asked);
absl::Status ReadStreamItems(const grpc::ByteBuffer& request,
                             LookupBatch* asked);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_READ_REQUEST_H_
