// API v2: HTTP 200 for whatever VirusTotal has to say, and the code in the
// body. tests/data/v2 has recorded answers.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/request.h"
#include "sim/text.h"
#include "tests/scenarios/answers.h"

namespace vtlookup {
namespace {

using Json = nlohmann::json;

constexpr char kBase[] = "https://vt.example";
constexpr char kQueuedMessage[] =
    "Scan request successfully queued, come back later for the report";
constexpr int kEngines = 60;

HttpResponse Ok(const Json& body) {
  return {.status = 200, .retry_after = {}, .body = body.dump()};
}

// Counts, and what names the item, of a report that has them.
void AddCounts(const Said& said, Json* body) {
  (*body)["positives"] = said.positives.value_or(0);
  (*body)["total"] = kEngines;
  (*body)["scan_date"] = vtsim::V2Time(said.scan);
}

void AddReport(const Question& asked, const Said& said, Json* body) {
  switch (asked.kind) {
    case Kind::kFile: {
      AddCounts(said, body);
      const size_t size = asked.text.size();
      (*body)[size == 32 ? "md5" : size == 40 ? "sha1" : "sha256"] = asked.text;
      for (const auto& [name, hash] : said.hashes) (*body)[name] = hash;
      return;
    }
    case Kind::kUrl:
      AddCounts(said, body);
      (*body)["url"] = asked.text;
      (*body)["scan_id"] = ScanIdOf(asked.text, said.scan);
      return;
    case Kind::kUrlScan:
      AddCounts(said, body);
      (*body)["scan_id"] = asked.text;
      return;
    case Kind::kDomain:
    case Kind::kIp:
      EXPECT_FALSE(said.positives.has_value())
          << "API v2 has no counts for domains and addresses";
      (*body)["resolutions"] = Json::array();
      return;
  }
}

class V2 final : public Answers {
 public:
  Question Read(const HttpRequest& request) const override {
    const vtsim::Request read = vtsim::MakeRequest(
        request.form.has_value() ? "POST" : "GET",
        request.url.substr(sizeof(kBase) - 1), {}, request.form.value_or(""));
    const auto question = [&](Kind kind, const char* parameter) {
      return Question{.kind = kind,
                      .text = read.Parameter(parameter),
                      .scan = read.Parameter("scan"),
                      .key = read.Parameter("apikey")};
    };
    if (read.path == "/vtapi/v2/file/report") {
      return question(Kind::kFile, "resource");
    }
    if (read.path == "/vtapi/v2/domain/report") {
      return question(Kind::kDomain, "domain");
    }
    if (read.path == "/vtapi/v2/ip-address/report") {
      return question(Kind::kIp, "ip");
    }
    if (read.path == "/vtapi/v2/url/report") {
      const bool is_url = read.Parameter("resource").find("://") < 10;
      return question(is_url ? Kind::kUrl : Kind::kUrlScan, "resource");
    }
    EXPECT_EQ(read.path, "/vtapi/v2/url/scan");
    Question submission = question(Kind::kUrl, "url");
    submission.submission = true;
    return submission;
  }

  bool AsksForScan(const Question& asked) const override {
    return asked.submission || asked.scan == "1";
  }

  HttpResponse Report(const Question& asked, const Said& said) const override {
    EXPECT_FALSE(asked.submission) << "a report is no answer to a submission";
    Json body{{"response_code", said.code}, {"verbose_msg", said.message}};
    const bool scanned = asked.kind != Kind::kDomain && asked.kind != Kind::kIp;
    if (scanned && said.code != -1) body["resource"] = asked.text;
    if (said.code == 1) AddReport(asked, said, &body);
    if (said.code == -2 && asked.kind == Kind::kUrl) {
      body["scan_id"] = ScanIdOf(asked.text, said.scan);
    }
    return Ok(body);
  }

  // Code 1, without counts.
  HttpResponse Queued(const Question& asked, int64_t scan) const override {
    return Ok({{"response_code", 1},
               {"verbose_msg", kQueuedMessage},
               {"resource", asked.text},
               {"url", asked.text},
               {"scan_id", ScanIdOf(asked.text, scan)},
               {"scan_date", vtsim::V2Time(scan)}});
  }

  // The bodies of these are empty.
  HttpResponse QuotaUsedUp(
      std::optional<absl::Duration> retry_after) const override {
    return {.status = 204, .retry_after = retry_after, .body = ""};
  }
  HttpResponse DayUsedUp() const override {
    ADD_FAILURE() << "API v2 cannot say that the quota of the day is used up: "
                     "write `api v3` or `in v3`";
    return {};
  }
  HttpResponse KeyRefused(const Question& /*asked*/) const override {
    return {.status = 403, .retry_after = {}, .body = ""};
  }
  HttpResponse Forbidden() const override {
    ADD_FAILURE() << "API v2 cannot say so";
    return {};
  }
  HttpResponse Outage() const override {
    return {.status = 503, .retry_after = {}, .body = ""};
  }
};

}  // namespace

const Answers& AnswersV2() {
  static const V2 answers;
  return answers;
}

}  // namespace vtlookup
