#ifndef VTLOOKUP_SERVER_LOOKUP_READ_REQUEST_H_
#define VTLOOKUP_SERVER_LOOKUP_READ_REQUEST_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/proto/indicator_fields.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A request to look something up, read where it lies: the texts of what is
// asked point into its bytes. Texts may be anything, UTF-8 or not.
struct LookupsAsked {
  LookupsAsked() = default;
  // A slice may have its bytes inside itself.
  LookupsAsked(const LookupsAsked&) = delete;
  LookupsAsked& operator=(const LookupsAsked&) = delete;

  grpc::Slice bytes;
  std::vector<AskedText> indicators;  // one, but for batches and `items`
  v1::LookupOptions options;
  std::vector<uint64_t> request_ids;  // of a stream, as many
  bool several = false;               // the stream's message has `items`
};

// The requests of Lookup, BatchLookup and StreamLookup. InvalidArgument when
// the bytes are no such message.
absl::Status ReadLookup(const grpc::ByteBuffer& request, LookupsAsked* asked);
absl::Status ReadBatch(const grpc::ByteBuffer& request, LookupsAsked* asked);
absl::Status ReadStreamItems(const grpc::ByteBuffer& request,
                             LookupsAsked* asked);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_READ_REQUEST_H_
