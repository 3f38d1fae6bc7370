// bench_load: asks as fast as one thread can, with as many calls in flight as
// it is told to, and prints what came of it as JSON. Requests are made before
// the clock starts, and answers are not decoded but for one in a hundred, so
// that the client takes little of the machine from the server.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "tests/bench/population.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup::bench {
namespace {

using Moment = std::chrono::steady_clock::time_point;
constexpr char kService[] = "/vtlookup.v1.LookupService/";
constexpr uint64_t kDecodeEach = 100;

struct Settings {
  std::string target;
  std::string kind = "lookup";
  std::string view = "summary";
  std::string mode = "default";
  size_t batch = 100;
  uint64_t population = 100'000;
  uint64_t first = 0;
  size_t connections = 4;
  size_t in_flight = 64;
  double seconds = 5;
  double deadline = 0;    // of each call, in seconds; 0: none
  uint64_t calls = 0;     // 0: until the time is up
  size_t prepared = 0;    // requests made beforehand; 0: by kind
  bool in_order = false;  // each indicator once, instead of random ones
};

template <typename Message>
grpc::ByteBuffer BytesOf(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

// Requests to be sent again and again, and which method they are for.
struct Requests {
  std::string method;
  std::vector<grpc::ByteBuffer> all;
};

v1::LookupOptions OptionsOf(const Settings& settings) {
  v1::LookupOptions options;
  options.set_view(settings.view == "full" ? v1::VIEW_FULL : v1::VIEW_SUMMARY);
  if (settings.mode == "only") options.set_cache_mode(v1::CACHE_MODE_ONLY);
  return options;
}

Requests MakeRequests(const Settings& settings) {
  std::mt19937_64 random(7);
  uint64_t counter = 0;
  const auto next = [&] {
    const uint64_t offset = settings.in_order ? counter++ : random();
    return IndicatorAt(settings.first + offset % settings.population);
  };
  Requests requests;
  const size_t per_call = settings.kind == "batch" || settings.kind == "stream"
                              ? settings.batch
                              : 1;
  size_t count = settings.prepared;
  if (count == 0) {
    count = settings.in_order
                ? (settings.population + per_call - 1) / per_call
                : std::max<size_t>(2'000'000 / per_call / 10, 1000);
  }
  for (size_t i = 0; i < count; ++i) {
    if (settings.kind == "echo") {
      requests.method = "/vtlookup.bench.Echo/Lookup";
      v1::LookupRequest request;
      *request.mutable_indicator() = next();
      *request.mutable_options() = OptionsOf(settings);
      // As a BytesValue: as many bytes, of which nobody reads any.
      std::string bytes = request.SerializeAsString();
      bytes[0] = '\x0a';
      bytes[1] = static_cast<char>(bytes.size() - 2);
      const grpc::Slice slice(bytes);
      requests.all.emplace_back(&slice, 1);
    } else if (settings.kind == "batch") {
      requests.method = std::string(kService) + "BatchLookup";
      v1::BatchLookupRequest request;
      for (size_t k = 0; k < settings.batch; ++k) {
        *request.add_indicators() = next();
      }
      *request.mutable_options() = OptionsOf(settings);
      requests.all.push_back(BytesOf(request));
    } else if (settings.kind == "stream") {
      requests.method = std::string(kService) + "StreamLookup";
      v1::StreamLookupRequest request;
      if (settings.batch == 1) {
        request.set_request_id(i);
        *request.mutable_indicator() = next();
      }
      for (size_t k = 0; settings.batch > 1 && k < settings.batch; ++k) {
        v1::StreamLookupRequest::Item& item = *request.add_items();
        item.set_request_id(i * settings.batch + k);
        *item.mutable_indicator() = next();
      }
      *request.mutable_options() = OptionsOf(settings);
      requests.all.push_back(BytesOf(request));
    } else {
      requests.method = std::string(kService) + "Lookup";
      v1::LookupRequest request;
      *request.mutable_indicator() = next();
      *request.mutable_options() = OptionsOf(settings);
      requests.all.push_back(BytesOf(request));
    }
  }
  return requests;
}

// How many answers a StreamLookupResponse has, without reading them.
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

// What came back.
class Tally {
 public:
  explicit Tally(const Settings& settings) : settings_(settings) {}

  void Failed(const grpc::Status& status) {
    ++failed_;
    failure_ = status.error_message();
  }

  void Answered(grpc::ByteBuffer* reply, Moment began, uint64_t verdicts) {
    ++answers_;
    verdicts_ += verdicts;
    bytes_ += reply->Length();
    const auto took = std::chrono::steady_clock::now() - began;
    micros_.push_back(std::chrono::duration<float, std::micro>(took).count());
    if (answers_ % kDecodeEach == 1) Decode(reply);
  }

  uint64_t ended() const { return answers_ + failed_; }
  uint64_t verdicts() const { return verdicts_; }

  nlohmann::json Told(double seconds) {
    std::sort(micros_.begin(), micros_.end());
    const auto at = [this](double part) {
      if (micros_.empty()) return 0.0F;
      return micros_[static_cast<size_t>(
          part * static_cast<double>(micros_.size() - 1))];
    };
    nlohmann::json told = {{"calls", answers_},    {"verdicts", verdicts_},
                           {"failed", failed_},    {"failure", failure_},
                           {"bytes", bytes_},      {"seconds", seconds},
                           {"p50_us", at(0.5)},    {"p99_us", at(0.99)},
                           {"p999_us", at(0.999)}, {"max_us", at(1)}};
    for (size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i] == 0) continue;
      told["decoded"][v1::Source_Name(static_cast<v1::Source>(i))] =
          sources_[i];
    }
    if (errors_ > 0) told["decoded"]["errors"] = errors_;
    return told;
  }

 private:
  template <typename Message>
  Message Parsed(grpc::ByteBuffer* reply) {
    Message message;
    if (!grpc::SerializationTraits<Message>::Deserialize(reply, &message)
             .ok()) {
      ++errors_;
    }
    return message;
  }

  void Count(const v1::LookupResponse& response) {
    if (!response.verdict().has_response_code()) ++errors_;
    ++sources_[static_cast<size_t>(response.source())];
  }

  void Count(const v1::LookupResult& result) {
    if (result.has_error()) {
      ++errors_;
    } else {
      Count(result.response());
    }
  }

  void Decode(grpc::ByteBuffer* reply) {
    if (settings_.kind == "lookup") {
      Count(Parsed<v1::LookupResponse>(reply));
    } else if (settings_.kind == "stream") {
      const auto message = Parsed<v1::StreamLookupResponse>(reply);
      if (message.has_result()) Count(message.result());
      for (const auto& answer : message.answers()) Count(answer.result());
    } else if (settings_.kind == "batch") {
      const auto message = Parsed<v1::BatchLookupResponse>(reply);
      for (const v1::LookupResult& result : message.results()) Count(result);
    }
  }

  const Settings& settings_;
  uint64_t answers_ = 0;
  uint64_t verdicts_ = 0;
  uint64_t failed_ = 0;
  uint64_t errors_ = 0;
  uint64_t bytes_ = 0;
  std::string failure_;
  std::array<uint64_t, v1::Source_ARRAYSIZE> sources_{};
  std::vector<float> micros_;
};

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

struct UnaryCall {
  grpc::ClientContext context;
  grpc::ByteBuffer reply;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::GenericStub* stub = nullptr;
  Moment began;
};

double RunUnary(const Settings& settings, const Requests& requests,
                Tally* tally) {
  const auto stubs = Connect(settings);
  grpc::CompletionQueue queue;
  uint64_t started = 0;
  const auto start = [&](grpc::GenericStub* stub) {
    auto* const call = new UnaryCall;
    call->stub = stub;
    call->context.set_wait_for_ready(true);
    if (settings.deadline > 0) {
      call->context.set_deadline(std::chrono::system_clock::now() +
                                 std::chrono::microseconds(static_cast<int64_t>(
                                     settings.deadline * 1e6)));
    }
    call->began = std::chrono::steady_clock::now();
    call->reader = stub->PrepareUnaryCall(
        &call->context, requests.method,
        requests.all[started++ % requests.all.size()], &queue);
    call->reader->StartCall();
    call->reader->Finish(&call->reply, &call->status, call);
  };
  const Moment begin = std::chrono::steady_clock::now();
  const Moment end =
      begin + std::chrono::duration_cast<Moment::duration>(
                  std::chrono::duration<double>(settings.seconds));
  const auto more = [&] {
    return settings.calls != 0 ? started < settings.calls
                               : std::chrono::steady_clock::now() < end;
  };
  uint64_t open = 0;
  for (size_t i = 0; i < settings.in_flight && more(); ++i, ++open) {
    start(stubs[i % stubs.size()].get());
  }
  void* tag = nullptr;
  bool ok = false;
  while (open > 0 && queue.Next(&tag, &ok)) {
    const std::unique_ptr<UnaryCall> call(static_cast<UnaryCall*>(tag));
    --open;
    if (call->status.ok()) {
      tally->Answered(&call->reply, call->began,
                      settings.kind == "batch" ? settings.batch : 1);
    } else {
      tally->Failed(call->status);
    }
    if (!more()) continue;
    start(call->stub);
    ++open;
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
      .count();
}

// One stream, on which as many lookups are open as are in flight.
// Its latencies are those of messages, where all answers come in their order.
double RunStream(const Settings& settings, const Requests& requests,
                 Tally* tally) {
  enum Tag { kStart, kWrite, kRead, kFinish, kTags };
  std::array<char, kTags> tags{};  // for their addresses
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

  const Moment begin = std::chrono::steady_clock::now();
  const Moment end =
      begin + std::chrono::duration_cast<Moment::duration>(
                  std::chrono::duration<double>(settings.seconds));
  grpc::ByteBuffer reply;
  grpc::Status status;
  const uint64_t each = settings.batch;
  uint64_t written = 0;  // lookups
  bool writing = false;
  // When each message under way was written, in turn.
  std::vector<Moment> began(settings.in_flight / each + 1);
  const auto write_on = [&] {
    const bool more = settings.calls != 0
                          ? written < settings.calls
                          : std::chrono::steady_clock::now() < end;
    const uint64_t open = written - tally->verdicts();
    if (writing || !more || open + each > settings.in_flight) return;
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
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  context.TryCancel();
  stream->Finish(&status, as_tag(kFinish));
  while (tag != as_tag(kFinish) && queue.Next(&tag, &ok)) {
  }
  return seconds;
}

int Main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Asks as fast as it can.");
  app.add_option("--target", settings.target)->required();
  app.add_option("--kind", settings.kind)
      ->check(CLI::IsMember({"lookup", "batch", "stream", "echo"}));
  app.add_option("--view", settings.view)
      ->check(CLI::IsMember({"summary", "full"}));
  app.add_option("--mode", settings.mode)
      ->check(CLI::IsMember({"default", "only"}));
  app.add_option("--batch", settings.batch);
  app.add_option("--population", settings.population);
  app.add_option("--first", settings.first);
  app.add_option("--connections", settings.connections);
  app.add_option("--in-flight", settings.in_flight);
  app.add_option("--seconds", settings.seconds);
  app.add_option("--deadline", settings.deadline);
  app.add_option("--calls", settings.calls);
  app.add_option("--prepared", settings.prepared);
  app.add_flag("--in-order", settings.in_order);
  CLI11_PARSE(app, argc, argv);

  const Requests requests = MakeRequests(settings);
  if (settings.in_order && settings.calls == 0) {
    settings.calls = requests.all.size();
  }
  Tally tally(settings);
  const double seconds = settings.kind == "stream"
                             ? RunStream(settings, requests, &tally)
                             : RunUnary(settings, requests, &tally);
  std::cout << tally.Told(seconds).dump() << '\n';
  return 0;
}

}  // namespace
}  // namespace vtlookup::bench

int main(int argc, char** argv) { return vtlookup::bench::Main(argc, argv); }
