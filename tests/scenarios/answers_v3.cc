// API v3: an object, or an HTTP status with an error that has a code.
// tests/data/v3 has recorded answers.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/request.h"
#include "sim/text.h"
#include "tests/scenarios/answers.h"

namespace vtlookup {
namespace {

using Json = nlohmann::json;

constexpr char kBase[] = "https://vt.example";
constexpr char kApi[] = "/api/v3/";
constexpr int kEngines = 60;

HttpResponse Ok(const Json& body) {
  return {.status = 200, .retry_after = {}, .body = body.dump()};
}

HttpResponse Error(int status, const std::string& code,
                   const std::string& message) {
  return {
      .status = status,
      .retry_after = {},
      .body = Json{{"error", {{"message", message}, {"code", code}}}}.dump()};
}

// Engines without an opinion are counted beside the others. While an item is
// scanned for the first time, all counts are zero.
Json StatsOf(const Said& said) {
  const bool queued = said.code == -2;
  const int positives = said.positives.value_or(0);
  return {{"malicious", queued ? 0 : positives},
          {"suspicious", 0},
          {"harmless", 0},
          {"undetected", queued ? 0 : kEngines - positives},
          {"timeout", queued ? 0 : 2}};
}

// The id of a file is its SHA-256, whichever hash was asked.
std::map<std::string, std::string> HashesOf(const Question& asked,
                                            const Said& said) {
  const size_t size = asked.text.size();
  std::map<std::string, std::string> hashes{
      {"md5", vtsim::Sha256Hex(asked.text + "md5").substr(0, 32)},
      {"sha1", vtsim::Sha256Hex(asked.text + "sha1").substr(0, 40)},
      {"sha256", vtsim::Sha256Hex(asked.text)}};
  hashes[size == 32 ? "md5" : size == 40 ? "sha1" : "sha256"] = asked.text;
  for (const auto& [name, hash] : said.hashes) hashes[name] = hash;
  return hashes;
}

// The object that GET of `data.links.self` gives, with its latest analysis.
Json ObjectOf(const Question& asked, const Said& said) {
  Json attributes{{"reputation", 0},
                  {"last_analysis_stats", StatsOf(said)},
                  {"last_analysis_results", Json::object()}};
  if (said.code == 1) attributes["last_analysis_date"] = said.scan;
  switch (asked.kind) {
    case Kind::kFile: {
      const std::map<std::string, std::string> hashes = HashesOf(asked, said);
      for (const auto& [name, hash] : hashes) attributes[name] = hash;
      return {{"type", "file"},
              {"id", hashes.at("sha256")},
              {"attributes", attributes}};
    }
    case Kind::kUrl:
      attributes["url"] = asked.text;
      return {{"type", "url"},
              {"id", vtsim::Sha256Hex(asked.text)},
              {"attributes", attributes}};
    case Kind::kDomain:
      attributes["categories"] = Json::object();
      return {
          {"type", "domain"}, {"id", asked.text}, {"attributes", attributes}};
    case Kind::kIp:
      attributes["asn"] = 64500;
      return {{"type", "ip_address"},
              {"id", asked.text},
              {"attributes", attributes}};
    case Kind::kUrlScan:
      break;
  }
  ADD_FAILURE() << "an analysis is another object";
  return {};
}

// The object that GET /analyses/{id} gives.
Json AnalysisOf(const Question& asked, const Said& said) {
  const std::string url_id = asked.text.substr(0, 64);
  return {{"data",
           {{"type", "analysis"},
            {"id", "u-" + asked.text},
            {"attributes",
             {{"status", said.code == 1 ? "completed" : "queued"},
              {"date", said.scan},
              {"stats", StatsOf(said)},
              {"results", Json::object()}}}}},
          {"meta", {{"url_info", {{"id", url_id}}}}}};
}

Kind KindOfCollection(const std::string& collection) {
  static const std::map<std::string, Kind> kKinds = {
      {"files", Kind::kFile},
      {"urls", Kind::kUrl},
      {"domains", Kind::kDomain},
      {"ip_addresses", Kind::kIp},
      {"analyses", Kind::kUrlScan}};
  const auto kind = kKinds.find(collection);
  if (kind == kKinds.end()) {
    ADD_FAILURE() << "no collection: " << collection;
    return Kind::kFile;
  }
  return kind->second;
}

// The item that the last part of a path names.
std::string ItemOf(Kind kind, const std::string& id) {
  if (kind == Kind::kUrl) {
    return vtsim::DecodeBase64Url(id).value_or("not base64");
  }
  if (kind == Kind::kUrlScan) {
    EXPECT_TRUE(absl::StartsWith(id, "u-")) << id;
    return id.substr(2);
  }
  return id;
}

vtsim::Request Parse(const HttpRequest& request) {
  std::map<std::string, std::string> headers;
  for (const std::string& header : request.headers) {
    headers.insert(absl::StrSplit(header, absl::MaxSplits(": ", 1)));
  }
  return vtsim::MakeRequest(request.form.has_value() ? "POST" : "GET",
                            request.url.substr(sizeof(kBase) - 1), headers,
                            request.form.value_or(""));
}

class V3 final : public Answers {
 public:
  Question Read(const HttpRequest& request) const override {
    const vtsim::Request read = Parse(request);
    const std::string path = read.path.substr(sizeof(kApi) - 1);
    Question question{.kind = Kind::kUrl, .text = read.Parameter("url")};
    question.key = read.Header("x-apikey");
    if (read.method == "POST") {
      EXPECT_EQ(path, "urls");
      question.submission = true;
      return question;
    }
    const size_t slash = path.find('/');
    question.kind = KindOfCollection(path.substr(0, slash));
    question.text = ItemOf(question.kind, path.substr(slash + 1));
    return question;
  }

  bool AsksForScan(const Question& asked) const override {
    return asked.submission;
  }

  HttpResponse Report(const Question& asked, const Said& said) const override {
    EXPECT_FALSE(asked.submission) << "a report is no answer to a submission";
    if (said.code == 0) {
      return Error(404, "NotFoundError", asked.text + " not found");
    }
    if (said.code == -1) {
      return Error(400, "InvalidArgumentError", asked.text + " is not valid");
    }
    if (asked.kind == Kind::kUrlScan) return Ok(AnalysisOf(asked, said));
    return Ok({{"data", ObjectOf(asked, said)}});
  }

  // The analysis that has begun.
  HttpResponse Queued(const Question& asked, int64_t scan) const override {
    return Ok(
        {{"data",
          {{"type", "analysis"}, {"id", "u-" + ScanIdOf(asked.text, scan)}}}});
  }

  HttpResponse QuotaUsedUp(
      std::optional<absl::Duration> retry_after) const override {
    HttpResponse response = Error(429, "QuotaExceededError", "Quota exceeded");
    response.retry_after = retry_after;
    return response;
  }
  HttpResponse DayUsedUp() const override {
    return Error(429, "QuotaExceededError", "Your daily quota is exceeded");
  }
  HttpResponse KeyRefused(const Question& asked) const override {
    return Error(401, "WrongCredentialsError", "Wrong API key: " + asked.key);
  }
  HttpResponse Forbidden() const override {
    return Error(403, "ForbiddenError",
                 "You are not authorized to perform the requested operation");
  }
  HttpResponse Outage() const override {
    return Error(503, "TransientError", "Try again");
  }
};

}  // namespace

const Answers& AnswersV3() {
  static const V3 answers;
  return answers;
}

}  // namespace vtlookup
