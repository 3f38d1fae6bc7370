#include "server/gateway/v3_paths.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "core/raw_report.h"
#include "core/response_code.h"
#include "core/text.h"
#include "server/gateway/parameters.h"
#include "server/gateway/replies.h"
#include "server/gateway/v3_replies.h"
#include "server/transport/grpc_status.h"
#include "server/verdicts/raw_key.h"
#include "virustotal/api/url_id.h"

namespace vtlookup {
namespace {

constexpr std::string_view kAnalysis = "u-";
// An item that is queued is asked for again when the cached answer is older
// than this, because clients of v3 poll for the end of a scan. However many
// clients poll one item, it costs at most four requests a minute, unless
// VirusTotal says "not found" meanwhile: that is not cached over "queued".
constexpr absl::Duration kQueuedAge = absl::Seconds(15);

struct Collection {
  std::string_view name;
  Kind kind;
};

constexpr Collection kCollections[] = {
    {"files", Kind::kFile},       {"urls", Kind::kUrl},
    {"domains", Kind::kDomain},   {"ip_addresses", Kind::kIp},
    {"analyses", Kind::kUrlScan},
};

absl::Status NoSuchPath() {
  return absl::NotFoundError(
      "there is no such path; of VirusTotal's API v3 there are GET "
      "files/{hash}, urls/{id}, domains/{name}, ip_addresses/{ip} and "
      "analyses/{id}, and POST urls, and nothing is passed on to VirusTotal");
}

// Returns the URL in an id of VirusTotal, base64 for URLs without padding; the
// id itself if it is a hash.
absl::StatusOr<std::string> UrlIn(const std::string& id) {
  if (IsSha256(id)) return id;
  std::string url;
  std::string_view text = id;
  while (text.ends_with('=')) text.remove_suffix(1);
  if (!absl::WebSafeBase64Unescape(ToAbsl(text), &url) || url.empty()) {
    return BadField("id",
                    "must be the URL in URL-safe base64 (RFC 4648, section 5), "
                    "or the SHA-256 of the URL");
  }
  return url;
}

// Returns the text to look up for an id.
absl::StatusOr<std::string> TextOf(Kind kind, const std::string& id) {
  if (kind == Kind::kUrl) return UrlIn(id);
  if (kind != Kind::kUrlScan) return id;
  if (!absl::StartsWith(id, ToAbsl(kAnalysis))) {
    return BadField("id",
                    "must be that of an analysis of a URL, which begins with "
                    "u-; other analyses are not served");
  }
  return id.substr(kAnalysis.size());
}

// Whether a cached answer is fetched again: a report without its JSON, and a
// queued scan that a client polls.
bool IsAskedAnew(const Answer& answer, absl::Time now) {
  if (answer.source == v1::SOURCE_VIRUSTOTAL) return false;
  const bool has_json = answer.raw != nullptr && ApiOfRaw(*answer.raw) == "v3";
  switch (CodeOf(answer.entry)) {
    case ResponseCode::kPresent:
      return !has_json;
    case ResponseCode::kQueued:
      return answer.entry.stored <= now - kQueuedAge &&
             (!has_json || answer.kind == Kind::kUrlScan);
    default:
      return false;
  }
}

}  // namespace

// What a request asks.
struct V3Paths::Question {
  Lookups::Value value;
  std::string id;  // as the client wrote it
};

absl::StatusOr<V3Paths::Question> V3Paths::Read(const GatewayRequest& request) {
  const std::string_view path =
      std::string_view(request.path).substr(kPrefix.size());
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return NoSuchPath();
  std::optional<Kind> kind;
  for (const Collection& each : kCollections) {
    if (each.name == path.substr(0, slash)) kind = each.kind;
  }
  const std::string_view rest = path.substr(slash + 1);
  if (!kind.has_value() || rest.empty() ||
      rest.find('/') != std::string_view::npos) {
    return NoSuchPath();
  }
  const absl::StatusOr<std::string> id = DecodePercent(rest, /*form=*/false);
  if (!id.ok()) return BadField("path", ToStd(id.status().message()));
  absl::StatusOr<std::string> text = TextOf(*kind, *id);
  if (!text.ok()) return text.status();
  return Question{.value = {.kind = *kind, .text = *std::move(text)},
                  .id = *id};
}

void V3Paths::Handle(const std::shared_ptr<GatewayRequest>& request,
                     SendGatewayReply reply) {
  const absl::StatusOr<Parameters> parameters = ReadParameters(*request);
  absl::Status fault = parameters.status();
  if (fault.ok()) {
    fault = ReadOrigin(*parameters, parts_.clock.Now(), request.get());
  }
  if (!fault.ok()) return std::move(reply)(FailureInV3(fault));
  if (std::string_view(request->path).substr(kPrefix.size()) == "urls") {
    if (request->method != "POST") {
      return std::move(reply)(WrongMethodInV3("POST"));
    }
    return Submit(request, *parameters, std::move(reply));
  }
  if (request->method != "GET") return std::move(reply)(WrongMethodInV3("GET"));
  Report(request, std::move(reply));
}

void V3Paths::Report(const std::shared_ptr<GatewayRequest>& request,
                     SendGatewayReply reply) {
  Question question;
  CallRecord call(parts_.calls, RpcMethod::kLookup, request->origin);
  v1::LookupOptions options;
  options.set_view(v1::VIEW_RAW);
  options.set_submit_missing_url(false);
  absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_LOOKUP, [&]() -> absl::StatusOr<CallRecord::Demand> {
        absl::StatusOr<Question> read = Read(*request);
        if (!read.ok()) return read.status();
        question = *std::move(read);
        if (!parts_.unavailable.empty()) {
          return absl::InvalidArgumentError(parts_.unavailable);
        }
        return CallRecord::Demand{options, Lane::kInteractive, 1};
      });
  if (!want.ok()) {
    call.Failed(want.status());
    call.Close(want.status());
    return std::move(reply)(
        FailureInV3(want.status(), !request->origin.token.empty()));
  }
  const bool relationships =
      absl::StrContains(request->query, "relationships=");
  Lookups::Done done =
      [this, request, call, id = question.id, relationships,
       reply = std::move(reply)](Lookups::Answers answers) mutable {
        const absl::StatusOr<Answer>& answer = answers.front();
        call.Close(answer.status());
        if (!answer.ok()) return std::move(reply)(FailureInV3(answer.status()));
        std::move(reply)(
            ObjectInV3(*answer, id, relationships, parts_.clock.Now()));
      };
  if (question.value.kind == Kind::kUrl && IsSha256(question.value.text)) {
    return LookUpHash(call, question.value.text, *want, std::move(done));
  }
  LookUp(call, question.value, *want, std::move(done));
}

// Only the URLs of reports that are kept can be found by their hash. To call
// the others "not found" would be wrong, because VirusTotal may know them.
void V3Paths::LookUpHash(const CallRecord& call, const std::string& sha256,
                         const Want& want, Lookups::Done done) {
  const std::string key = UrlNameKey(sha256);
  parts_.raws.Read(key, key, std::nullopt,
                   [this, &loop = parts_.loop, call, want,
                    done = std::move(done)](absl::StatusOr<Bytes> url) mutable {
                     // This may run after the gateway was destroyed. The loop
                     // outlives it and is stopped before the gateway is
                     // destroyed, so the posted task runs only while `this`
                     // lives.
                     loop.Post([this, call, want, url = std::move(url),
                                done = std::move(done)]() mutable {
                       OnUrl(call, url, want, std::move(done));
                     });
                   });
}

void V3Paths::OnUrl(const CallRecord& call, const absl::StatusOr<Bytes>& url,
                    const Want& want, Lookups::Done done) {
  if (url.ok() && *url != nullptr) {
    return LookUp(call, {.kind = Kind::kUrl, .text = **url}, want,
                  std::move(done));
  }
  absl::Status failure = url.status();
  if (failure.ok()) {
    failure =
        BadField("id",
                 "is the SHA-256 of a URL whose report this daemon does not "
                 "have; send the URL in base64 instead");
  }
  call.Failed(failure);
  Lookups::Answers answers;
  answers.emplace_back(failure);
  std::move(done)(std::move(answers));
}

void V3Paths::LookUp(const CallRecord& call, const Lookups::Value& value,
                     const Want& want, Lookups::Done done) {
  Want anew = want;
  anew.mode = Want::Mode::kRefresh;
  parts_.lookups.LookUp(
      call, {value}, "", want,
      [this, call, value, anew,
       done = std::move(done)](Lookups::Answers answers) mutable {
        const absl::StatusOr<Answer>& answer = answers.front();
        if (!answer.ok() || !IsAskedAnew(*answer, parts_.clock.Now())) {
          return std::move(done)(std::move(answers));
        }
        parts_.lookups.LookUp(call, {value}, "", anew, std::move(done));
      });
}

void V3Paths::Submit(const std::shared_ptr<GatewayRequest>& request,
                     const Parameters& parameters, SendGatewayReply reply) {
  CallRecord call(parts_.calls, RpcMethod::kSubmitUrl, request->origin);
  const std::string url(parameters.Get("url").value_or(""));
  const absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_SUBMIT, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (url.empty()) return BadField("url", "must be set");
        return CallRecord::Demand{v1::LookupOptions::default_instance(),
                                  Lane::kInteractive, 1};
      });
  if (!want.ok()) {
    call.Failed(want.status());
    call.Close(want.status());
    return std::move(reply)(
        FailureInV3(want.status(), !request->origin.token.empty()));
  }
  parts_.lookups.Submit(
      call, {url},
      [this, request, call,
       reply = std::move(reply)](Lookups::Answers answers) mutable {
        const absl::StatusOr<Answer>& answer = answers.front();
        call.Close(answer.status());
        std::move(reply)(answer.ok()
                             ? SubmissionInV3(*answer, parts_.clock.Now())
                             : FailureInV3(answer.status()));
      });
}

}  // namespace vtlookup
