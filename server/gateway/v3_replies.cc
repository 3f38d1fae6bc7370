#include "server/gateway/v3_replies.h"

#include <simdjson.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/indicator.h"
#include "core/raw_report.h"
#include "core/response_code.h"
#include "core/text.h"
#include "server/gateway/cache_status.h"
#include "server/gateway/replies.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kSite[] = "https://www.virustotal.com/api/v3/";

std::string ErrorBody(std::string_view code, std::string_view message) {
  return Json({{"error", {{"code", code}, {"message", message}}}}).dump() +
         "\n";
}

GatewayReply Refusal(int status, std::string_view code,
                     std::string_view message) {
  GatewayReply reply;
  reply.status = status;
  reply.body = ErrorBody(code, message);
  return reply;
}

std::string_view CodeFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return "BadRequestError";
    case absl::StatusCode::kNotFound:
      return "NotFoundError";
    case absl::StatusCode::kUnauthenticated:
      return "WrongCredentialsError";
    case absl::StatusCode::kPermissionDenied:
      return "ForbiddenError";
    case absl::StatusCode::kResourceExhausted:
      return "QuotaExceededError";
    case absl::StatusCode::kDeadlineExceeded:
      return "DeadlineExceededError";
    default:
      return "TransientError";
  }
}

std::string_view NameOf(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "File";
    case Kind::kDomain:
      return "Domain";
    case Kind::kIp:
      return "IP address";
    case Kind::kUrlScan:
      return "Analysis";
    case Kind::kUrl:
      break;
  }
  return "URL";
}

GatewayReply NotFound(Kind kind, std::string_view id, std::string_view more) {
  return Refusal(404, "NotFoundError",
                 absl::StrCat(ToAbsl(NameOf(kind)), " \"", ToAbsl(id),
                              "\" not found", ToAbsl(more)));
}

// Answers for code -1: 403 when `privacy` withholds a valid indicator; 404 for
// a file or an address that is not valid; 400 otherwise.
GatewayReply Unusable(const Answer& answer, std::string_view id,
                      const std::string& message) {
  if (answer.source == v1::SOURCE_LOCAL &&
      Indicator::Parse(answer.kind, answer.indicator).ok()) {
    return Refusal(403, "ForbiddenError", message);
  }
  if (answer.kind == Kind::kFile || answer.kind == Kind::kIp) {
    return NotFound(answer.kind, id, absl::StrCat(": ", message));
  }
  return Refusal(400, "InvalidArgumentError", message);
}

GatewayReply WithoutReport(const Answer& answer, std::string_view id) {
  const std::string message = DecodeVerdict(*answer.entry.value).message();
  switch (CodeOf(answer.entry)) {
    case ResponseCode::kInvalid:
      return Unusable(answer, id, message);
    case ResponseCode::kMissing:
      return NotFound(answer.kind, id, "");
    case ResponseCode::kQueued: {
      GatewayReply reply =
          Refusal(503, "TransientError",
                  absl::StrCat("VirusTotal has not ended the scan: ", message,
                               "; ask again in a minute"));
      reply.headers.emplace_back("Retry-After", "60");
      return reply;
    }
    case ResponseCode::kPresent:
      break;
  }
  return Refusal(503, "TransientError",
                 "the report was cached without the JSON that VirusTotal "
                 "sent; ask again");
}

}  // namespace

GatewayReply ObjectInV3(const Answer& answer, std::string_view id,
                        bool relationships, absl::Time now) {
  GatewayReply reply;
  const ResponseCode code = CodeOf(answer.entry);
  if (answer.raw == nullptr ||
      (code != ResponseCode::kPresent && code != ResponseCode::kQueued)) {
    reply = WithoutReport(answer, id);
  } else if (ApiOfRaw(*answer.raw) != "v3") {
    reply = Refusal(503, "TransientError",
                    "the cached report is one of API v2; ask again when it has "
                    "expired, or ask for it at /vtapi/v2");
  } else {
    const std::string_view json = JsonOfRaw(*answer.raw);
    const bool strip = !relationships && (answer.kind == Kind::kDomain ||
                                          answer.kind == Kind::kIp);
    if (strip) {
      reply.body = WithoutRelationships(json);
    } else {
      reply.shared = answer.raw;
      reply.shared_body = json;
    }
  }
  NameOrigin(answer, now, &reply);
  return reply;
}

GatewayReply SubmissionInV3(const Answer& answer, absl::Time now) {
  const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
  if (CodeOf(answer.entry) == ResponseCode::kInvalid) {
    return Unusable(answer, answer.indicator, verdict.message());
  }
  if (verdict.scan_id().empty()) {
    return Refusal(409, "AlreadyExistsError", verdict.message());
  }
  const std::string id = absl::StrCat("u-", verdict.scan_id());
  GatewayReply reply;
  reply.body =
      Json({{"data",
             {{"type", "analysis"},
              {"id", id},
              {"links", {{"self", absl::StrCat(kSite, "analyses/", id)}}}}}})
          .dump() +
      "\n";
  NameOrigin(answer, now, &reply);
  return reply;
}

GatewayReply FailureInV3(const absl::Status& failure, bool has_token) {
  GatewayReply reply = ErrorReply(failure);
  // VirusTotal refusing the daemon's key is no mistake of this client.
  if (absl::IsFailedPrecondition(failure)) reply.status = 503;
  const bool no_token = absl::IsUnauthenticated(failure) && !has_token;
  reply.body = ErrorBody(
      no_token ? "AuthenticationRequiredError" : CodeFor(failure.code()),
      ToStd(failure.message()));
  return reply;
}

GatewayReply WrongMethodInV3(std::string_view allowed) {
  GatewayReply reply = WrongMethod(allowed);
  reply.body =
      ErrorBody("BadRequestError",
                absl::StrCat("this path takes ", ToAbsl(allowed), " only"));
  return reply;
}

std::string WithoutRelationships(std::string_view json) {
  thread_local simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::ondemand::document document;
  simdjson::ondemand::object data;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document["data"].get_object().get(data) != simdjson::SUCCESS) {
    return std::string(json);
  }
  const char* before = nullptr;  // the end of the member before
  for (auto field : data) {
    simdjson::ondemand::raw_json_string key;
    simdjson::ondemand::value value;
    if (field.key().get(key) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS) {
      break;
    }
    const bool found = key == "relationships";
    std::string_view raw;
    if (simdjson::to_json_string(value).get(raw) != simdjson::SUCCESS) break;
    const char* const end = raw.data() + raw.size();
    if (!found) {
      before = end;
      continue;
    }
    const std::string_view all(padded.data(), json.size());
    auto from = static_cast<size_t>(
        (before == nullptr ? key.raw() - 1 : before) - padded.data());
    auto to = static_cast<size_t>(end - padded.data());
    // The comma before the member goes with it; of the first member, that
    // behind.
    if (before == nullptr) {
      const size_t comma = all.find_first_not_of(" \t\r\n", to);
      if (comma != std::string_view::npos && all[comma] == ',') to = comma + 1;
    }
    return absl::StrCat(ToAbsl(all.substr(0, from)), ToAbsl(all.substr(to)));
  }
  return std::string(json);
}

}  // namespace vtlookup
