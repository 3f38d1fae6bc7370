#include "tests/bench/load/tally.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>

namespace vtlookup::bench {

namespace {

constexpr uint64_t kDecodeEach = 100;

}  // namespace

void Tally::Answered(grpc::ByteBuffer* reply, Moment began, uint64_t verdicts) {
  ++answers_;
  verdicts_ += verdicts;
  bytes_ += reply->Length();
  const auto took = std::chrono::steady_clock::now() - began;
  micros_.push_back(std::chrono::duration<float, std::micro>(took).count());
  if (answers_ % kDecodeEach == 1) Decode(reply);
}

nlohmann::json Tally::Told(double seconds) {
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
    told["decoded"][v1::Source_Name(static_cast<v1::Source>(i))] = sources_[i];
  }
  if (errors_ > 0) told["decoded"]["errors"] = errors_;
  return told;
}

template <typename Message>
Message Tally::Parsed(grpc::ByteBuffer* reply) {
  Message message;
  if (!grpc::SerializationTraits<Message>::Deserialize(reply, &message).ok()) {
    ++errors_;
  }
  return message;
}

void Tally::Count(const v1::LookupResponse& response) {
  if (!response.verdict().has_response_code()) ++errors_;
  ++sources_[static_cast<size_t>(response.source())];
}

void Tally::Count(const v1::LookupResult& result) {
  if (result.has_error()) {
    ++errors_;
  } else {
    Count(result.response());
  }
}

void Tally::Decode(grpc::ByteBuffer* reply) {
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

}  // namespace vtlookup::bench
