#include "sim/v2_answers.h"

#include "sim/text.h"

namespace vtsim {
namespace {

Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json Scans(const Facts& facts) {
  Json scans = Json::object();
  for (const EngineFact& engine : facts.engines) {
    Json scan;
    scan["detected"] = engine.category == "malicious";
    if (facts.kind == Kind::kFile) {
      scan["version"] = TextOrNull(engine.version);
      scan["result"] = TextOrNull(engine.label);
      scan["update"] = engine.update;
    } else {
      scan["result"] = engine.label;
    }
    scans[engine.name] = std::move(scan);
  }
  return scans;
}

std::string Permalink(const Facts& facts, int64_t time) {
  return std::string("https://www.virustotal.com/") +
         (facts.kind == Kind::kFile ? "file/" : "url/") + facts.sha256 +
         "/analysis/" + std::to_string(time) + "/";
}

Json ScannedReport(const Facts& facts, const std::string& resource) {
  Json body;
  body["scan_id"] = ScanId(facts, facts.analysed);
  body["resource"] = resource;
  if (facts.kind == Kind::kFile) {
    body["md5"] = facts.md5;
    body["sha1"] = facts.sha1;
    body["sha256"] = facts.sha256;
    body["verbose_msg"] = "Scan finished, information embedded";
  } else {
    body["url"] = facts.name;
    body["filescan_id"] = nullptr;
    body["verbose_msg"] =
        "Scan finished, scan information embedded in this object";
  }
  body["response_code"] = 1;
  body["scan_date"] = V2Time(facts.analysed);
  body["permalink"] = Permalink(facts, facts.analysed);
  body["positives"] = facts.positives();
  body["total"] = facts.total();
  body["scans"] = Scans(facts);
  return body;
}

Json Samples(const std::vector<CountedFact>& facts) {
  Json list = Json::array();
  for (const CountedFact& fact : facts) {
    list.push_back({{"date", V2Time(fact.time)},
                    {"positives", fact.positives},
                    {"total", fact.total},
                    {"sha256", fact.name}});
  }
  return list;
}

Json Resolutions(const Facts& facts) {
  Json list = Json::array();
  const char* const name =
      facts.kind == Kind::kDomain ? "ip_address" : "hostname";
  for (const auto& [value, time] : facts.resolutions) {
    list.push_back({{"last_resolved", V2Time(time)}, {name, value}});
  }
  return list;
}

Json NetworkReport(const Facts& facts) {
  Json body;
  Json detected = Json::array();
  for (const CountedFact& url : facts.detected_urls) {
    detected.push_back({{"url", url.name},
                        {"positives", url.positives},
                        {"total", url.total},
                        {"scan_date", V2Time(url.time)}});
  }
  Json undetected = Json::array();  // here v2 has arrays of five, not objects
  for (const CountedFact& url : facts.undetected_urls) {
    undetected.push_back(
        Json::array({url.name, Sha256Hex(url.name), url.positives, url.total,
                     V2Time(url.time)}));
  }
  body["detected_urls"] = std::move(detected);
  body["undetected_urls"] = std::move(undetected);
  body["detected_communicating_samples"] = Samples(facts.communicating);
  body["detected_downloaded_samples"] = Samples(facts.downloaded);
  body["resolutions"] = Resolutions(facts);
  body["whois"] = facts.whois;
  body["whois_timestamp"] = facts.whois_time;
  return body;
}

Json DomainReport(const Facts& facts) {
  Json body = NetworkReport(facts);
  body["response_code"] = 1;
  body["verbose_msg"] = "Domain found in dataset";
  body["categories"] = facts.categories;
  for (const auto& [vendor, category] : facts.vendor_categories) {
    body[vendor + " category"] = category;
  }
  body["domain_siblings"] = facts.siblings;
  body["subdomains"] = facts.subdomains;
  return body;
}

Json IpReport(const Facts& facts) {
  Json body = NetworkReport(facts);
  body["response_code"] = 1;
  body["verbose_msg"] = "IP address in dataset";
  // The real service sends both types.
  if (facts.asn % 2 == 0) {
    body["asn"] = facts.asn;
  } else {
    body["asn"] = std::to_string(facts.asn);
  }
  body["as_owner"] = facts.as_owner;
  body["country"] = facts.country;
  body["continent"] = facts.continent;
  body["network"] = facts.network;
  return body;
}

}  // namespace

Json V2Report(const Facts& facts, const std::string& resource) {
  switch (facts.kind) {
    case Kind::kUrl:
    case Kind::kFile:
      return ScannedReport(facts, resource);
    case Kind::kDomain:
      return DomainReport(facts);
    case Kind::kIp:
      return IpReport(facts);
  }
  return {};
}

Json V2Missing(Kind kind, const std::string& resource) {
  switch (kind) {
    case Kind::kUrl:
      return {{"response_code", 0},
              {"resource", resource},
              {"verbose_msg", "Resource does not exist in the dataset"}};
    case Kind::kFile:
      return {{"response_code", 0},
              {"resource", resource},
              {"verbose_msg",
               "The requested resource is not among the finished, queued or "
               "pending scans"}};
    case Kind::kDomain:
      return {{"response_code", 0}, {"verbose_msg", "Domain not found"}};
    case Kind::kIp:
      return {{"response_code", 0},
              {"verbose_msg", "IP address not found in dataset"}};
  }
  return {};
}

Json V2InvalidHash(const std::string& resource) {
  return {{"response_code", 0},
          {"resource", resource},
          {"verbose_msg", "Invalid resource, check what you are submitting"}};
}

Json V2Invalid(Kind kind) {
  switch (kind) {
    case Kind::kUrl:
      return {{"response_code", -1},
              {"verbose_msg", "Invalid URL, the scan request was not queued"}};
    case Kind::kIp:
      return {{"response_code", -1}, {"verbose_msg", "Invalid IP address"}};
    default:
      return {{"response_code", -1}, {"verbose_msg", "Invalid domain"}};
  }
}

Json V2Queued(const std::string& resource, const std::string& scan_id) {
  return {{"response_code", -2},
          {"resource", resource},
          {"scan_id", scan_id},
          {"verbose_msg", "Your resource is queued for analysis"}};
}

Json V2Submitted(const Facts& facts, const std::string& resource,
                 int64_t time) {
  return {{"permalink", Permalink(facts, time)},
          {"resource", resource},
          {"url", facts.name},
          {"response_code", 1},
          {"scan_date", V2Time(time)},
          {"scan_id", ScanId(facts, time)},
          {"verbose_msg",
           "Scan request successfully queued, come back later for the "
           "report"}};
}

}  // namespace vtsim
