#include "sim/v2_api.h"

#include <map>
#include <optional>
#include <utility>

#include "sim/text.h"

namespace vtsim {
namespace {

constexpr char kPrefix[] = "/vtapi/v2/";

struct Endpoint {
  std::string name;
  bool get = false;
  bool post = false;
  const char* parameter = nullptr;
  char separator = '\0';  // between the members of a batch; none: no batches
};

const Endpoint kEndpoints[] = {
    {"file/report", true, true, "resource", ','},
    {"file/rescan", false, true, "resource", ','},
    {"url/report", true, true, "resource", '\n'},
    {"url/scan", false, true, "url", '\n'},
    {"domain/report", true, false, "domain", '\0'},
    {"ip-address/report", true, false, "ip", '\0'},
};

const Endpoint* FindEndpoint(const std::string& path) {
  for (const Endpoint& endpoint : kEndpoints) {
    if (path == kPrefix + endpoint.name) return &endpoint;
  }
  return nullptr;
}

// The service does not read a form of another content type. A POST without a
// body needs no type: its parameters are in the query.
bool HasUnreadForm(const Request& request) {
  if (request.method != "POST") return false;
  const std::string type = request.Header("content-type");
  if (type.empty() && request.form.empty()) return false;
  return !type.starts_with("application/x-www-form-urlencoded");
}

}  // namespace

bool V2Api::Serves(const std::string& path) {
  return FindEndpoint(path) != nullptr;
}

std::string V2Api::KeyOf(const Request& request) const {
  return HasUnreadForm(request) ? "" : request.Parameter("apikey");
}

std::vector<std::string> V2Api::IndicatorsOf(const Request& request) const {
  const Endpoint& endpoint = *FindEndpoint(request.path);
  std::string asked = request.Parameter(endpoint.parameter);
  if (endpoint.separator != '\0') return SplitText(asked, endpoint.separator);
  if (asked.empty()) return {};
  return {std::move(asked)};
}

Response V2Api::WrongKey(const std::string& /*key*/) const {
  return Failure(403);
}

Response V2Api::QuotaUsedUp() const {
  Response response;
  response.status = 204;
  return response;
}

// Errors of v2 have an empty body, with a type that is not JSON.
Response V2Api::Failure(int status) const {
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  return response;
}

// One answer is an object, several are an array. An array that is too long is
// cut without a notice.
Response V2Api::Answer(const Request& request, int64_t now) {
  static const std::map<std::string, Handler> kHandlers = {
      {"file/report", &V2Api::FileReport},
      {"file/rescan", &V2Api::FileRescan},
      {"url/report", &V2Api::UrlReport},
      {"url/scan", &V2Api::UrlScan},
      {"domain/report", &V2Api::DomainReport},
      {"ip-address/report", &V2Api::IpReport}};
  const Endpoint& endpoint = *FindEndpoint(request.path);
  if (!(request.method == "GET" ? endpoint.get : endpoint.post)) {
    return Failure(405);
  }
  const std::vector<std::string> resources = IndicatorsOf(request);
  if (resources.empty()) return Failure(400);
  Response response;
  Json array = Json::array();
  for (const std::string& resource : resources) {
    if (array.size() == batch_limit_) break;
    array.push_back((this->*kHandlers.at(endpoint.name))(request, resource, now,
                                                         &response));
  }
  const Json& body = resources.size() == 1 ? array.front() : array;
  response.body = body.dump();
  return response;
}

Json V2Api::Report(Kind kind, const std::string& name,
                   const std::string& resource, Response* response) {
  if (auto recorded = world_.recorded().FindV2(kind, name, resource)) {
    response->origin = "recorded";
    return *std::move(recorded);
  }
  const Facts facts = world_.FactsOf(kind, name);
  switch (facts.outcome) {
    case Outcome::kPresent:
      return kind == Kind::kUrl ? UrlReportOf(facts, resource)
                                : V2Report(facts, resource);
    case Outcome::kMissing:
      return V2Missing(kind, resource);
    case Outcome::kQueued:
      // For a file the service gives the bare hash here, without a time.
      return V2Queued(resource, kind == Kind::kFile
                                    ? facts.sha256
                                    : ScanId(facts, facts.analysed));
  }
  return {};
}

Json V2Api::UrlReportOf(const Facts& facts, const std::string& resource) {
  world_.NoteScan(ScanId(facts, facts.analysed), facts.name);
  return V2Report(facts, resource);
}

Json V2Api::FileReport(const Request& /*request*/, const std::string& resource,
                       int64_t /*now*/, Response* response) {
  std::string hash = Lower(resource);
  if (IsScanId(hash)) hash.resize(64);
  if (!IsHex(hash) ||
      (hash.size() != 32 && hash.size() != 40 && hash.size() != 64)) {
    return V2InvalidHash(resource);
  }
  return Report(Kind::kFile, hash, resource, response);
}

Json V2Api::FileRescan(const Request& /*request*/, const std::string& resource,
                       int64_t now, Response* /*response*/) {
  const Facts facts = InventFacts(Kind::kFile, Lower(resource));
  if (facts.outcome == Outcome::kMissing) {
    return V2Missing(Kind::kFile, resource);
  }
  return {{"response_code", 1},
          {"scan_id", ScanId(facts, now)},
          {"sha256", facts.sha256},
          {"resource", resource}};
}

Json V2Api::UrlReport(const Request& request, const std::string& resource,
                      int64_t now, Response* response) {
  const bool scan = request.Parameter("scan") == "1";
  std::optional<std::string> url = world_.UrlOfScan(Lower(resource));
  if (!url.has_value() && IsScanId(resource)) {
    if (auto recorded =
            world_.recorded().FindV2(Kind::kUrl, Lower(resource), resource)) {
      response->origin = "recorded";
      return *std::move(recorded);
    }
    return V2Missing(Kind::kUrl, resource);
  }
  if (!url.has_value()) url = CanonicalUrl(resource);
  if (!url.has_value()) return V2Invalid(Kind::kUrl);
  Facts facts = world_.FactsOf(Kind::kUrl, *url);
  if (const auto submission = world_.SubmissionOf(*url, now)) {
    if (!submission->done && scan) {
      return V2Submitted(facts, resource, submission->time);
    }
    if (!submission->done) {
      return V2Queued(resource, ScanId(facts, submission->time));
    }
    facts.analysed = submission->time;
    return UrlReportOf(facts, resource);
  }
  const auto recorded = world_.recorded().FindV2(Kind::kUrl, *url, resource);
  const bool missing = recorded.has_value()
                           ? (*recorded)["response_code"] == 0
                           : facts.outcome == Outcome::kMissing;
  if (scan && missing) return Submit(facts, resource, now);
  return Report(Kind::kUrl, *url, resource, response);
}

Json V2Api::Submit(const Facts& facts, const std::string& resource,
                   int64_t now) {
  world_.Submit(facts.name, now);
  world_.NoteScan(ScanId(facts, now), facts.name);
  return V2Submitted(facts, resource, now);
}

Json V2Api::UrlScan(const Request& /*request*/, const std::string& resource,
                    int64_t now, Response* /*response*/) {
  const auto url = CanonicalUrl(resource);
  if (!url.has_value()) return V2Invalid(Kind::kUrl);
  return Submit(world_.FactsOf(Kind::kUrl, *url), resource, now);
}

Json V2Api::DomainReport(const Request& /*request*/,
                         const std::string& resource, int64_t /*now*/,
                         Response* response) {
  if (!IsDomain(resource)) return V2Invalid(Kind::kDomain);
  return Report(Kind::kDomain, Lower(resource), resource, response);
}

Json V2Api::IpReport(const Request& /*request*/, const std::string& resource,
                     int64_t /*now*/, Response* response) {
  if (!IsIpv4(resource)) return V2Invalid(Kind::kIp);
  return Report(Kind::kIp, resource, resource, response);
}

}  // namespace vtsim
