#include "tests/sim/simulator.h"

#include <utility>

#include "tests/sim/text.h"

namespace vtsim {
namespace {

constexpr char kV2[] = "/vtapi/v2/";
constexpr char kHtml[] = "text/html; charset=utf-8";
constexpr char kPage[] = "<html><body>Something in between</body></html>";

struct Endpoint {
  std::string name;
  bool get = false;
  bool post = false;
  const char* parameter = nullptr;
  char separator = '\0';  // of a batch; none: no batches
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
    if (path == kV2 + endpoint.name) return &endpoint;
  }
  return nullptr;
}

// Errors of v2 have an empty body of a type that is not JSON.
Response Refused(int status) {
  Response response;
  response.status = status;
  response.content_type = kHtml;
  response.origin = "refused";
  return response;
}

bool IsScanId(const std::string& text) {
  return text.size() > 65 && text[64] == '-' && IsHex(text.substr(0, 64));
}

}  // namespace

std::string Request::Parameter(const std::string& name) const {
  if (const auto found = form.find(name); found != form.end()) {
    return found->second;
  }
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

Simulator::Simulator(Options options, const RecordedAnswers& recorded)
    : options_(std::move(options)), recorded_(recorded) {}

bool Simulator::TakeQuota(const std::string& key, int64_t now) {
  if (options_.per_minute == 0) return true;
  std::deque<int64_t>& taken = last_minute_[key];
  while (!taken.empty() && taken.front() + 60 <= now) taken.pop_front();
  if (taken.size() >= options_.per_minute) return false;
  taken.push_back(now);
  return true;
}

Response Simulator::Answer(const Request& request, int64_t now) {
  ++requests_;
  const Endpoint* const endpoint = FindEndpoint(request.path);
  if (endpoint == nullptr) return Refused(404);
  const std::string asked = request.Parameter(endpoint->parameter);
  std::vector<std::string> resources =
      endpoint->separator == '\0' ? std::vector<std::string>{asked}
                                  : SplitText(asked, endpoint->separator);
  Response response;
  const std::string key = request.Parameter("apikey");
  const bool known_key =
      !key.empty() && (options_.keys.empty() || options_.keys.contains(key));
  // A form of another type is not read by the service, and so has no key.
  const bool unread_form =
      request.method == "POST" &&
      request.content_type.rfind("application/x-www-form-urlencoded", 0) != 0;
  if (!known_key || unread_form) {
    response = Refused(403);
  } else if (!(request.method == "GET" ? endpoint->get : endpoint->post)) {
    response = Refused(405);
  } else if (asked.empty() || resources.empty()) {
    response = Refused(400);
  } else if (!TakeQuota(key, now)) {
    response.status = 204;
    response.origin = "quota";
  } else {
    static const std::map<std::string, Handler> kHandlers = {
        {"file/report", &Simulator::FileReport},
        {"file/rescan", &Simulator::FileRescan},
        {"url/report", &Simulator::UrlReport},
        {"url/scan", &Simulator::UrlScan},
        {"domain/report", &Simulator::DomainReport},
        {"ip-address/report", &Simulator::IpReport}};
    AnswerEach(request, resources, kHandlers.at(endpoint->name), now,
               &response);
  }
  response.indicators = std::move(resources);
  if (const Fault* fault = FindFault(options_.faults, asked, requests_)) {
    response.fault = *fault;
    ApplyFault(&response);
  }
  return response;
}

// One answer is an object, several are an array, cut without a word.
void Simulator::AnswerEach(const Request& request,
                           const std::vector<std::string>& resources,
                           Handler handler, int64_t now, Response* response) {
  response->origin = "generated";
  Json array = Json::array();
  for (const std::string& resource : resources) {
    if (array.size() == options_.batch_limit) break;
    array.push_back((this->*handler)(request, resource, now, response));
  }
  const Json& body = resources.size() == 1 ? array.front() : array;
  response->body = body.dump();
}

void Simulator::ApplyFault(Response* response) const {
  const Fault& fault = response->fault;
  const std::string before = response->body;
  if (fault.status.has_value()) {
    response->status = *fault.status;
    response->content_type = kHtml;
    response->body.clear();
  } else if (fault.junk) {
    response->body = "\x01\x02 not json {{{ \"positives\": 0 ";
  } else if (fault.html) {
    response->content_type = kHtml;
    response->body = kPage;
  } else if (fault.empty) {
    response->body.clear();
  } else if (fault.big.has_value()) {
    response->body = "{\"response_code\": 1, \"filler\": \"" +
                     std::string(*fault.big, 'x') + "\"}";
  }
  if (response->body != before || fault.status.has_value()) {
    response->origin = "fault";
  }
}

Facts Simulator::FactsOf(Kind kind, const std::string& name) const {
  Facts facts = InventFacts(kind, name);
  for (const FaultRule& rule : options_.faults) {
    if (rule.fault.outcome.has_value() && !rule.match.empty() &&
        (rule.match == "*" || name.find(rule.match) != std::string::npos)) {
      facts.outcome = *rule.fault.outcome;
      break;
    }
  }
  return facts;
}

Json Simulator::Report(Kind kind, const std::string& name,
                       const std::string& resource, Response* response) const {
  if (auto recorded = recorded_.Find(kind, name, resource)) {
    response->origin = "recorded";
    return *std::move(recorded);
  }
  const Facts facts = FactsOf(kind, name);
  switch (facts.outcome) {
    case Outcome::kPresent:
      return V2Report(facts, resource);
    case Outcome::kMissing:
      return V2Missing(kind, resource);
    case Outcome::kQueued:
      // Of a file the service gives the bare hash here, without a time.
      return V2Queued(resource, kind == Kind::kFile
                                    ? facts.sha256
                                    : V2ScanId(facts, facts.analysed));
  }
  return {};
}

Json Simulator::FileReport(const Request& /*request*/,
                           const std::string& resource, int64_t /*now*/,
                           Response* response) {
  std::string hash = Lower(resource);
  if (IsScanId(hash)) hash.resize(64);
  if (!IsHex(hash) ||
      (hash.size() != 32 && hash.size() != 40 && hash.size() != 64)) {
    return V2InvalidHash(resource);
  }
  return Report(Kind::kFile, hash, resource, response);
}

Json Simulator::FileRescan(const Request& /*request*/,
                           const std::string& resource, int64_t now,
                           Response* /*response*/) {
  const Facts facts = InventFacts(Kind::kFile, Lower(resource));
  if (facts.outcome == Outcome::kMissing) {
    return V2Missing(Kind::kFile, resource);
  }
  return {{"response_code", 1},
          {"scan_id", V2ScanId(facts, now)},
          {"sha256", facts.sha256},
          {"resource", resource}};
}

Json Simulator::UrlReport(const Request& request, const std::string& resource,
                          int64_t now, Response* response) {
  const bool scan = request.Parameter("scan") == "1";
  std::optional<std::string> url;
  if (const auto known = scans_.find(Lower(resource)); known != scans_.end()) {
    url = known->second;
  } else if (IsScanId(resource)) {
    if (auto recorded = recorded_.Find(Kind::kUrl, Lower(resource), resource)) {
      response->origin = "recorded";
      return *std::move(recorded);
    }
    return V2Missing(Kind::kUrl, resource);
  } else {
    url = CanonicalUrl(resource);
  }
  if (!url.has_value()) return V2Invalid(Kind::kUrl);
  const auto submitted = submitted_.find(*url);
  if (submitted != submitted_.end()) {
    Facts facts = FactsOf(Kind::kUrl, *url);
    if (now < submitted->second + options_.queue_seconds) {
      if (scan) return V2Submitted(facts, resource, submitted->second);
      return V2Queued(resource, V2ScanId(facts, submitted->second));
    }
    facts.analysed = submitted->second;
    return V2Report(facts, resource);
  }
  const auto recorded = recorded_.Find(Kind::kUrl, *url, resource);
  const Facts facts = FactsOf(Kind::kUrl, *url);
  const bool missing = recorded.has_value()
                           ? (*recorded)["response_code"] == 0
                           : facts.outcome == Outcome::kMissing;
  if (scan && missing) return Submit(facts, resource, now);
  return Report(Kind::kUrl, *url, resource, response);
}

Json Simulator::Submit(const Facts& facts, const std::string& resource,
                       int64_t now) {
  submitted_[facts.name] = now;
  scans_[V2ScanId(facts, now)] = facts.name;
  return V2Submitted(facts, resource, now);
}

Json Simulator::UrlScan(const Request& /*request*/, const std::string& resource,
                        int64_t now, Response* /*response*/) {
  const auto url = CanonicalUrl(resource);
  if (!url.has_value()) return V2Invalid(Kind::kUrl);
  return Submit(FactsOf(Kind::kUrl, *url), resource, now);
}

Json Simulator::DomainReport(const Request& /*request*/,
                             const std::string& resource, int64_t /*now*/,
                             Response* response) {
  if (!IsDomain(resource)) return V2Invalid(Kind::kDomain);
  return Report(Kind::kDomain, Lower(resource), resource, response);
}

Json Simulator::IpReport(const Request& /*request*/,
                         const std::string& resource, int64_t /*now*/,
                         Response* response) {
  if (!IsIpv4(resource)) return V2Invalid(Kind::kIp);
  return Report(Kind::kIp, resource, resource, response);
}

}  // namespace vtsim
