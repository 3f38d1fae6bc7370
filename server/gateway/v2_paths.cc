#include "server/gateway/v2_paths.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/text.h"
#include "server/gateway/cache_status.h"
#include "server/gateway/parameters.h"
#include "server/gateway/replies.h"
#include "server/gateway/v2_report.h"
#include "server/transport/grpc_status.h"
#include "virustotal/api/url_id.h"

namespace vtlookup {
namespace {

using Json = nlohmann::ordered_json;

// The paths behind kPrefix.
struct Path {
  std::string_view path;
  Kind kind;
  const char* parameter;
  // Between several values of one request; null: only one is taken. VirusTotal
  // takes URLs on lines of their own, because they may have commas.
  const char* separator;
};

constexpr Path kPaths[] = {
    {"file/report", Kind::kFile, "resource", ","},
    {"url/report", Kind::kUrl, "resource", "\n"},
    {"domain/report", Kind::kDomain, "domain", nullptr},
    {"ip-address/report", Kind::kIp, "ip", nullptr},
    {"url/scan", Kind::kUrl, "url", "\n"},
};

// Null when there is no such path.
const Path* FindPath(std::string_view path) {
  for (const Path& each : kPaths) {
    if (each.path == path) return &each;
  }
  return nullptr;
}

absl::Status NoSuchPath() {
  return absl::NotFoundError(
      "there is no such path; of VirusTotal's API v2 there are file/report, "
      "url/report, domain/report, ip-address/report and url/scan, and nothing "
      "is passed on to VirusTotal");
}

// What to look up for a resource. The scan id of a file stands for the file,
// because a file has one report; that of a URL is a scan.
Lookups::Value ValueOf(Kind kind, const std::string& resource) {
  const std::string lower = absl::AsciiStrToLower(resource);
  const std::string_view sha256 = Sha256OfScanId(lower);
  if (sha256.empty()) return {.kind = kind, .text = resource};
  if (kind == Kind::kUrl) return {.kind = Kind::kUrlScan, .text = lower};
  return {.kind = kind, .text = std::string(sha256)};
}

GatewayReply WrongMethodInV2(std::string_view allowed) {
  GatewayReply reply = WrongMethod(allowed);
  reply.body = Json({{"verbose_msg", absl::StrCat("this path takes ",
                                                  ToAbsl(allowed), " only")}})
                   .dump();
  return reply;
}

// An answer that a client cannot take for a report.
GatewayReply FailureInV2(const absl::Status& failure) {
  GatewayReply reply = ErrorReply(failure);
  switch (failure.code()) {
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      reply.status = 403;
      reply.body.clear();
      break;
    case absl::StatusCode::kResourceExhausted:
      reply.status = 204;
      reply.body.clear();
      break;
    default:
      reply.body =
          Json({{"verbose_msg", std::string(failure.message())}}).dump();
  }
  return reply;
}

bool IsTrue(std::optional<std::string_view> value) {
  return value == "1" || value == "true" || value == "True";
}

}  // namespace

// What a request asks.
struct V2Paths::Question {
  const Path* path = nullptr;
  std::vector<std::string> resources;
  bool scan = false;
  bool all_info = false;
};

absl::Status V2Paths::Read(const Parameters& parameters, size_t max_batch,
                           Question* out) {
  Question& question = *out;
  const char* const name = question.path->parameter;
  const std::string all(parameters.Get(name).value_or(""));
  const char* const separator = question.path->separator;
  const std::vector<std::string> parts = separator == nullptr
                                             ? std::vector<std::string>{all}
                                             : absl::StrSplit(all, separator);
  for (const std::string& part : parts) {
    std::string resource(absl::StripAsciiWhitespace(part));
    if (!resource.empty()) question.resources.push_back(std::move(resource));
  }
  if (question.resources.empty()) return BadField(name, "must be set");
  if (question.resources.size() > max_batch) {
    return BadField(
        name, absl::StrCat("has ", question.resources.size(),
                           " values, and limits.max_batch is ", max_batch));
  }
  question.scan = IsTrue(parameters.Get("scan"));
  question.all_info = IsTrue(parameters.Get("allinfo"));
  return absl::OkStatus();
}

void V2Paths::Handle(const std::shared_ptr<GatewayRequest>& request,
                     SendGatewayReply reply) {
  const Path* const path =
      FindPath(std::string_view(request->path).substr(kPrefix.size()));
  if (path == nullptr) return std::move(reply)(FailureInV2(NoSuchPath()));
  const bool scan = path->path == "url/scan";
  if (scan && request->method != "POST") {
    return std::move(reply)(WrongMethodInV2("POST"));
  }
  if (request->method != "GET" && request->method != "POST") {
    return std::move(reply)(WrongMethodInV2("GET, POST"));
  }
  const absl::StatusOr<Parameters> parameters = ReadParameters(*request);
  absl::Status fault = parameters.status();
  if (fault.ok()) {
    fault = ReadOrigin(*parameters, parts_.clock.Now(), request.get());
  }
  if (!fault.ok()) return std::move(reply)(FailureInV2(fault));
  CallRecord call(parts_.calls,
                  scan ? RpcMethod::kSubmitUrl : RpcMethod::kBatchLookup,
                  request->origin);
  Question question{.path = path, .resources = {}};
  v1::LookupOptions options;
  // The client is known first, and only then told what is wrong: one without a
  // token gets VirusTotal's 403, whatever it has sent.
  const absl::StatusOr<Want> want = call.Begin(
      scan ? v1::ROLE_SUBMIT : v1::ROLE_LOOKUP,
      [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = Read(*parameters, parts_.max_batch, &question);
            !read.ok()) {
          return read;
        }
        if (!scan) options.set_submit_missing_url(false);
        const size_t asked = question.resources.size();
        return CallRecord::Demand{
            options, scan || asked == 1 ? Lane::kInteractive : Lane::kBulk,
            asked};
      });
  if (!want.ok()) {
    call.Failed(want.status());
    call.Close(want.status());
    return std::move(reply)(FailureInV2(want.status()));
  }
  if (scan) return Scan(request, call, question, std::move(reply));
  // Many programs always send `scan=1`, so a client without the role is not
  // refused; its unknown URLs are not submitted.
  Want wanted = *want;
  wanted.submit_missing = question.scan && call.may(v1::ROLE_SUBMIT);
  Report(request, call, wanted, std::move(question), std::move(reply));
}

namespace {

// The failure that the whole answer has: that of the first value, if it has
// one. Otherwise the answers from the first failure on are left out, as
// VirusTotal leaves out the end of a batch: a client that matches answers by
// their position must not take one for another.
absl::Status FailureOfAll(Lookups::Answers* answers) {
  const auto failed =
      std::find_if(answers->begin(), answers->end(),
                   [](const auto& answer) { return !answer.ok(); });
  if (failed == answers->begin()) return failed->status();
  answers->erase(failed, answers->end());
  return absl::OkStatus();
}

// A single value is answered by an object, several by an array. What would make
// the array larger than `max_bytes` is left out, as after a failure.
template <typename Make>
GatewayReply AnswerInV2(const Lookups::Answers& answers, size_t asked,
                        uint64_t max_bytes, absl::Time now, Make make) {
  GatewayReply reply;
  if (asked == 1) {
    reply.body = make(0).dump();
    NameOrigin(*answers.front(), now, &reply);
    return reply;
  }
  reply.body = "[";
  for (size_t i = 0; i < answers.size(); ++i) {
    const std::string one = make(i).dump();
    if (i > 0 && reply.body.size() + one.size() > max_bytes) break;
    if (i > 0) reply.body.push_back(',');
    reply.body.append(one);
  }
  reply.body.push_back(']');
  NameOrigins(answers, &reply);
  return reply;
}

}  // namespace

void V2Paths::Report(const std::shared_ptr<GatewayRequest>& request,
                     const CallRecord& call, const Want& want,
                     Question question, SendGatewayReply reply) {
  std::vector<Lookups::Value> values;
  values.reserve(question.resources.size());
  for (const std::string& resource : question.resources) {
    values.push_back(ValueOf(question.path->kind, resource));
  }
  const std::string_view list = question.path->parameter;
  parts_.lookups.LookUp(
      call, values, list, want,
      [this, request, call, question = std::move(question),
       reply = std::move(reply)](Lookups::Answers answers) mutable {
        const absl::Status failure = FailureOfAll(&answers);
        call.Close(failure);
        if (!failure.ok()) return std::move(reply)(FailureInV2(failure));
        parts_.workers.RunAtOnce([this, question = std::move(question),
                                  answers = std::move(answers),
                                  reply = std::move(reply)]() mutable {
          std::move(reply)(
              AnswerInV2(answers, question.resources.size(), parts_.max_reply,
                         parts_.clock.Now(), [&](size_t i) {
                           return ReportInV2(*answers[i], question.resources[i],
                                             question.all_info);
                         }));
        });
      });
}

void V2Paths::Scan(const std::shared_ptr<GatewayRequest>& request,
                   const CallRecord& call, const Question& question,
                   SendGatewayReply reply) {
  const std::vector<std::string>& urls = question.resources;
  parts_.lookups.Submit(
      call, urls,
      [this, request, call, urls,
       reply = std::move(reply)](Lookups::Answers answers) mutable {
        const absl::Status failure = FailureOfAll(&answers);
        call.Close(failure);
        if (!failure.ok()) return std::move(reply)(FailureInV2(failure));
        std::move(reply)(AnswerInV2(
            answers, urls.size(), parts_.max_reply, parts_.clock.Now(),
            [&](size_t i) { return SubmissionInV2(*answers[i], urls[i]); }));
      });
}

}  // namespace vtlookup
