#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "tests/bench/load/run.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup::bench {

namespace {

// Counts the answers of a StreamLookupResponse without reading them.
uint64_t AnswersIn(const grpc::ByteBuffer& reply) {
  using google::protobuf::internal::WireFormatLite;
  grpc::Slice bytes;
  if (!reply.TrySingleSlice(&bytes).ok() &&
      !reply.DumpToSingleSlice(&bytes).ok()) {
    return 0;
  }
  google::protobuf::io::CodedInputStream in(bytes.begin(),
                                            static_cast<int>(bytes.size()));
  uint64_t count = 0;
  while (const uint32_t tag = in.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    count += field == v1::StreamLookupResponse::kResultFieldNumber ||
             field == v1::StreamLookupResponse::kAnswersFieldNumber;
    if (!WireFormatLite::SkipField(&in, tag)) break;
  }
  return count;
}

}  // namespace

double RunStream(const Settings& settings, const Requests& requests,
                 Tally* tally) {
  enum Tag { kStart, kWrite, kRead, kFinish, kTags };
  std::array<char, kTags> tags{};  // only their addresses are used
  const auto as_tag = [&tags](Tag tag) { return &tags.at(tag); };
  const auto stubs = Connect(settings);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  const auto stream = stubs[0]->PrepareCall(&context, requests.method, &queue);
  stream->StartCall(as_tag(kStart));
  void* tag = nullptr;
  bool ok = false;
  if (!queue.Next(&tag, &ok) || !ok) return 0;

  const RunLength length(settings);
  grpc::ByteBuffer reply;
  grpc::Status status;
  const uint64_t each = settings.batch;
  uint64_t written = 0;  // lookups
  bool writing = false;
  // The times at which the messages under way were written; a ring.
  std::vector<Moment> began(settings.in_flight / each + 1);
  const auto write_on = [&] {
    const uint64_t open = written - tally->verdicts();
    if (writing || !length.More(written) || open + each > settings.in_flight) {
      return;
    }
    const uint64_t number = written / each;
    began[number % began.size()] = std::chrono::steady_clock::now();
    grpc::WriteOptions options;
    if (open + 2 * each <= settings.in_flight) options.set_buffer_hint();
    stream->Write(requests.all[number % requests.all.size()], options,
                  as_tag(kWrite));
    written += each;
    writing = true;
  };
  stream->Read(&reply, as_tag(kRead));
  write_on();
  while ((writing || tally->verdicts() < written) && queue.Next(&tag, &ok)) {
    if (!ok) break;
    if (tag == as_tag(kWrite)) {
      writing = false;
    } else {
      tally->Answered(&reply, began[tally->verdicts() / each % began.size()],
                      AnswersIn(reply));
      stream->Read(&reply, as_tag(kRead));
    }
    write_on();
  }
  const double seconds = length.Seconds();
  context.TryCancel();
  stream->Finish(&status, as_tag(kFinish));
  while (tag != as_tag(kFinish) && queue.Next(&tag, &ok)) {
  }
  return seconds;
}

}  // namespace vtlookup::bench
