#include "server/verdicts/stored_verdict.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "core/response_code.h"
#include "core/text.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace vtlookup {
namespace {

constexpr char kFormat = 1;
// The numbers of bulky fields, in Verdict and in the reports (verdict.proto).
constexpr int kFirstBulky = 20;
constexpr int kLastBulky = 39;

google::protobuf::Message* MutableReport(v1::Verdict* verdict) {
  switch (verdict->report_case()) {
    case v1::Verdict::kUrl:
      return verdict->mutable_url();
    case v1::Verdict::kDomain:
      return verdict->mutable_domain();
    case v1::Verdict::kIp:
      return verdict->mutable_ip();
    case v1::Verdict::kFile:
      return verdict->mutable_file();
    case v1::Verdict::REPORT_NOT_SET:
      break;
  }
  return nullptr;
}

using Fields = std::vector<const google::protobuf::FieldDescriptor*>;

Fields BulkyFieldsOf(const google::protobuf::Message& message) {
  Fields fields;
  message.GetReflection()->ListFields(message, &fields);
  fields.erase(std::remove_if(fields.begin(), fields.end(),
                              [](const auto* field) {
                                return field->number() < kFirstBulky ||
                                       field->number() > kLastBulky;
                              }),
               fields.end());
  return fields;
}

// Moves the bulky fields out of `verdict`, into a Verdict that has no other
// fields.
void TakeBulky(v1::Verdict* verdict, v1::Verdict* bulky) {
  verdict->GetReflection()->SwapFields(verdict, bulky, BulkyFieldsOf(*verdict));
  google::protobuf::Message* const report = MutableReport(verdict);
  if (report == nullptr) return;
  const Fields fields = BulkyFieldsOf(*report);
  if (fields.empty()) return;
  switch (verdict->report_case()) {
    case v1::Verdict::kUrl:
      bulky->mutable_url();
      break;
    case v1::Verdict::kDomain:
      bulky->mutable_domain();
      break;
    case v1::Verdict::kIp:
      bulky->mutable_ip();
      break;
    default:
      bulky->mutable_file();
      break;
  }
  report->GetReflection()->SwapFields(report, MutableReport(bulky), fields);
}

}  // namespace

std::string StoredVerdict::EncodeFrom(v1::Verdict* verdict, int polls,
                                      bool asked_to_scan) {
  verdict->clear_indicator();
  // Uses the arena of `verdict`, if it has one, so that moving does not copy.
  v1::Verdict on_stack;
  v1::Verdict* const bulky =
      verdict->GetArena() == nullptr
          ? &on_stack
          : google::protobuf::Arena::CreateMessage<v1::Verdict>(
                verdict->GetArena());
  TakeBulky(verdict, bulky);
  const auto size = static_cast<uint32_t>(verdict->ByteSizeLong());
  std::string out;
  out.reserve(kHeader + size + bulky->ByteSizeLong());
  out.push_back(kFormat);
  out.push_back(static_cast<char>(verdict->response_code()));
  out.push_back(static_cast<char>(std::min(polls, 255)));
  out.push_back(asked_to_scan ? 1 : 0);
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(size >> (8 * i)));
  verdict->AppendToString(&out);
  bulky->AppendToString(&out);
  return out;
}

absl::StatusOr<StoredVerdict> StoredVerdict::Peek(std::string_view value) {
  if (value.size() < kHeader || value[0] != kFormat) {
    return absl::DataLossError("not a stored verdict");
  }
  StoredVerdict head;
  const std::optional<ResponseCode> code =
      ResponseCodeOf(static_cast<int8_t>(value[1]));
  head.polls = static_cast<unsigned char>(value[2]);
  head.asked_to_scan = value[3] == 1;
  for (size_t i = 0; i < 4; ++i) {
    head.summary_size |= size_t{static_cast<unsigned char>(value[4 + i])}
                         << (8 * i);
  }
  if (!code.has_value() || head.summary_size > value.size() - kHeader) {
    return absl::DataLossError("a stored verdict with a wrong header");
  }
  head.response_code = *code;
  return head;
}

size_t StoredVerdict::SizeOfSummary(std::string_view value) {
  const absl::StatusOr<StoredVerdict> head = Peek(value);
  return head.ok() ? kHeader + head->summary_size : 0;
}

v1::Verdict DecodeVerdict(std::string_view value) {
  v1::Verdict verdict;
  value.remove_prefix(StoredVerdict::kHeader);
  verdict.ParseFromArray(value.data(), static_cast<int>(value.size()));
  return verdict;
}

std::optional<absl::Time> SubmissionOf(std::string_view value) {
  const v1::Verdict verdict = DecodeVerdict(value);
  if (verdict.has_scan_time()) {
    return absl::FromUnixSeconds(verdict.scan_time().seconds());
  }
  // sha256-seconds
  const std::string_view id = verdict.scan_id();
  const size_t dash = id.rfind('-');
  int64_t seconds = 0;
  if (dash == std::string_view::npos ||
      !absl::SimpleAtoi(ToAbsl(id.substr(dash + 1)), &seconds)) {
    return std::nullopt;
  }
  return absl::FromUnixSeconds(seconds);
}

}  // namespace vtlookup
