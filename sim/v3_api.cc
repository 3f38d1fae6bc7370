#include "sim/v3_api.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

#include "sim/text.h"

namespace vtsim {
namespace {

constexpr char kPrefix[] = "/api/v3/";
constexpr size_t kMostMembers = 40;
constexpr size_t kUsualMembers = 10;
constexpr uint32_t kDailyQuota = 500;
constexpr uint32_t kMonthlyQuota = 15500;

// Returns the parts of the path after the prefix: collection, id, relationship.
std::vector<std::string> SegmentsOf(const std::string& path) {
  if (!path.starts_with(kPrefix)) return {};
  return SplitText(path.substr(sizeof kPrefix - 1), '/');
}

Response Error(int status, const std::string& code,
               const std::string& message) {
  Response response;
  response.status = status;
  response.body = V3Error(code, message).dump();
  return response;
}

Response NotFound(const std::string& what, const std::string& id) {
  return Error(404, "NotFoundError", what + " \"" + id + "\" not found");
}

Response Respond(const Json& body, Response response) {
  response.body = body.dump();
  return response;
}

std::optional<Kind> NetworkKind(const std::string& collection) {
  if (collection == "domains") return Kind::kDomain;
  if (collection == "ip_addresses") return Kind::kIp;
  return std::nullopt;
}

bool IsSha256(const std::string& text) {
  return text.size() == 64 && IsHex(text);
}

// Returns the URL of a URL's id, or the id itself if that is a hash.
std::string TextOfUrlId(const std::string& id) {
  if (IsSha256(id)) return id;
  return DecodeBase64Url(id).value_or(id);
}

}  // namespace

bool V3Api::Serves(const std::string& path) {
  const std::vector<std::string> segments = SegmentsOf(path);
  if (segments.empty()) return false;
  static const std::set<std::string> kCollections = {
      "files", "urls", "domains", "ip_addresses", "analyses", "users"};
  return kCollections.contains(segments[0]);
}

std::string V3Api::KeyOf(const Request& request) const {
  return request.Header("x-apikey");
}

std::vector<std::string> V3Api::IndicatorsOf(const Request& request) const {
  const std::vector<std::string> segments = SegmentsOf(request.path);
  if (segments[0] == "users") return {};
  if (segments.size() < 2) return {request.Parameter("url")};
  if (segments[0] == "urls") return {TextOfUrlId(segments[1])};
  return {segments[1]};
}

// Puts the key into the text, as the service does.
Response V3Api::WrongKey(const std::string& key) const {
  if (key.empty()) {
    return Error(401, "AuthenticationRequiredError",
                 "X-Apikey header is missing");
  }
  return Error(401, "WrongCredentialsError", "Wrong API key: " + key);
}

// This answer is never compressed, whatever the client accepts.
Response V3Api::QuotaUsedUp() const {
  Response response = Error(429, "QuotaExceededError", "Quota exceeded");
  response.fault.plain = true;
  return response;
}

Response V3Api::Refusal(int status, const std::string& text) const {
  static const std::map<int, const char*> kCodes = {
      {400, "BadRequestError"},       {401, "WrongCredentialsError"},
      {403, "ForbiddenError"},        {404, "NotFoundError"},
      {409, "AlreadyExistsError"},    {424, "FailedDependencyError"},
      {429, "QuotaExceededError"},    {503, "TransientError"},
      {504, "DeadlineExceededError"},
  };
  if (const auto found = kCodes.find(status); found != kCodes.end()) {
    return Error(status, found->second, text);
  }
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  return response;
}

Response V3Api::Failure(int status) const {
  return Refusal(status, "vtsim was told to fail (--fault)");
}

Response V3Api::BadRequest() const {
  return Refusal(
      400,
      "vtsim does not understand this request: the method, the id, the "
      "relationship or `limit` is wrong");
}

Response V3Api::NotServed() const {
  return Refusal(
      404,
      "vtsim serves only files, urls, domains, ip_addresses, analyses and "
      "users below /api/v3");
}

Response V3Api::Answer(const Request& request, int64_t now) {
  const std::vector<std::string> segments = SegmentsOf(request.path);
  const std::string& collection = segments[0];
  if (request.method == "POST") {
    if (collection == "urls" && segments.size() == 1) {
      return Submit(request, now);
    }
    return BadRequest();
  }
  if (segments.size() < 2) return BadRequest();
  const std::string& id = segments[1];
  if (collection == "users" && segments.size() == 3 &&
      segments[2] == "overall_quotas") {
    return Quotas();
  }
  if (const auto kind = NetworkKind(collection)) {
    return segments.size() == 3 ? Relationship(*kind, id, segments[2], request)
                                : Network(*kind, id, request, {});
  }
  if (segments.size() != 2) return BadRequest();
  if (collection == "files") return File(Lower(id), {});
  if (collection == "urls") return Url(id, now, {});
  if (collection == "analyses") return Analysis(id, now);
  return NotServed();
}

Response V3Api::File(const std::string& hash, Response response) {
  if (!IsHex(hash) ||
      (hash.size() != 32 && hash.size() != 40 && hash.size() != 64)) {
    return NotFound("File", hash);
  }
  if (const auto recorded = world_.recorded().FindV3(Kind::kFile, hash)) {
    response.origin = "recorded";
    return Respond(*recorded, std::move(response));
  }
  const Facts facts = world_.FactsOf(Kind::kFile, hash);
  if (facts.outcome == Outcome::kMissing) return NotFound("File", hash);
  return Respond(V3Object(facts, {}), std::move(response));
}

Response V3Api::Url(const std::string& id, int64_t now, Response response) {
  std::optional<std::string> url;
  if (IsSha256(id)) {
    url = world_.UrlOfSha256(id);
  } else if (const auto decoded = DecodeBase64Url(id)) {
    url = CanonicalUrl(*decoded);
    if (!url.has_value()) {
      return Error(400, "InvalidArgumentError", "Unable to canonicalize url");
    }
  }
  if (!url.has_value()) return NotFound("URL", id);
  Facts facts = world_.FactsOf(Kind::kUrl, *url);
  if (const auto submission = world_.SubmissionOf(*url, now)) {
    facts.outcome = submission->done ? Outcome::kPresent : Outcome::kQueued;
    facts.analysed = submission->time;
  } else if (const auto recorded = world_.recorded().FindV3(Kind::kUrl, *url)) {
    response.origin = "recorded";
    return Respond(*recorded, std::move(response));
  }
  if (facts.outcome == Outcome::kMissing) return NotFound("URL", id);
  if (facts.outcome == Outcome::kPresent) {
    world_.NoteScan(ScanId(facts, facts.analysed), facts.name);
  }
  return Respond(V3Object(facts, {}), std::move(response));
}

Response V3Api::Network(Kind kind, const std::string& name,
                        const Request& request, Response response) {
  const bool domain = kind == Kind::kDomain;
  if (domain && !IsDomain(name)) {
    return Error(400, "InvalidArgumentError",
                 "Domain \"" + name + "\" is not a valid domain pattern");
  }
  if (!domain && !IsIpv4(name) && !IsIpv6(name)) {
    return NotFound("IP address", name);
  }
  if (const auto recorded = world_.recorded().FindV3(kind, Lower(name))) {
    response.origin = "recorded";
    return Respond(*recorded, std::move(response));
  }
  const Facts facts = world_.FactsOf(kind, Lower(name));
  if (facts.outcome == Outcome::kMissing) {
    return NotFound(domain ? "Domain" : "IP address", name);
  }
  std::set<std::string> relationships;
  const std::string asked = request.Parameter("relationships");
  for (const std::string& each : SplitText(asked, ',')) {
    relationships.insert(each);
  }
  return Respond(V3Object(facts, relationships), std::move(response));
}

Response V3Api::Relationship(Kind kind, const std::string& name,
                             const std::string& relationship,
                             const Request& request) {
  if (relationship != "urls" && relationship != "downloaded_files") {
    return BadRequest();
  }
  if (!premium_) {
    return Error(403, "ForbiddenError",
                 "You are not authorized to perform the requested operation");
  }
  const auto number = [&request](const char* parameter, size_t otherwise) {
    const std::string text = request.Parameter(parameter);
    return text.empty() ? otherwise : std::strtoul(text.c_str(), nullptr, 10);
  };
  const size_t limit = number("limit", kUsualMembers);
  if (limit == 0 || limit > kMostMembers) return BadRequest();
  return Respond(V3Page(world_.FactsOf(kind, Lower(name)), relationship,
                        number("cursor", 0), limit),
                 {});
}

Response V3Api::Submit(const Request& request, int64_t now) {
  const auto url = CanonicalUrl(request.Parameter("url"));
  if (!url.has_value()) {
    return Error(400, "InvalidArgumentError", "Unable to canonicalize url");
  }
  const Facts facts = world_.FactsOf(Kind::kUrl, *url);
  world_.Submit(*url, now);
  world_.NoteScan(ScanId(facts, now), *url);
  return Respond(V3Submitted(facts, now), {});
}

Response V3Api::Analysis(const std::string& id, int64_t now) {
  if (const auto recorded = world_.recorded().FindV3Analysis(id)) {
    Response response;
    response.origin = "recorded";
    return Respond(*recorded, std::move(response));
  }
  const std::string scan_id = id.starts_with("u-") ? id.substr(2) : "";
  const auto url = world_.UrlOfScan(Lower(scan_id));
  if (!url.has_value()) return NotFound("Analysis", id);
  const int64_t time = std::strtoll(scan_id.c_str() + 65, nullptr, 10);
  const auto submission = world_.SubmissionOf(*url, now);
  const bool done =
      !submission.has_value() || submission->time != time || submission->done;
  return Respond(V3Analysis(world_.FactsOf(Kind::kUrl, *url), time, done), {});
}

Response V3Api::Quotas() const {
  const auto quota = [](uint32_t allowed, uint64_t used) {
    return Json{{"user", {{"allowed", allowed}, {"used", used}}}};
  };
  const uint64_t used = world_.requests();
  return Respond({{"data",
                   {{"api_requests_hourly", quota(240, used)},
                    {"api_requests_daily", quota(kDailyQuota, used)},
                    {"api_requests_monthly", quota(kMonthlyQuota, used)}}}},
                 {});
}

}  // namespace vtsim
