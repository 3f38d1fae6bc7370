#ifndef VTLOOKUP_TESTS_SCENARIOS_ANSWERS_H_
#define VTLOOKUP_TESTS_SCENARIOS_ANSWERS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "core/indicator.h"
#include "virustotal/http/http_client.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// What a request asks, as VirusTotal reads it.
struct Question {
  Kind kind;
  std::string text;
  bool submission = false;  // a URL is handed in for a scan
  std::string scan = {};    // the parameter `scan` of API v2; empty: not there
  std::string key = {};     // the API key

  friend bool operator==(const Question&, const Question&) = default;
};

// When a scan was made about which a story says nothing: on the day on which
// the stories begin.
inline constexpr int64_t kSomeScan = 1795500000;

// What VirusTotal says about the item that was asked, in any API.
struct Said {
  int code = 1;                      // 1, 0, -1 or -2, as in a verdict
  std::optional<int> positives{};    // engines that call the item malicious
  int64_t scan = kSomeScan;          // when the item was scanned, in Unix time
  std::string message = "in words";  // API v3 has none
  std::map<std::string, std::string> hashes{};  // of a file, beside the asked
};

// VirusTotal's side of one API: reads requests and writes the answers as
// VirusTotal would. It shares no code with the daemon, so that a story finds a
// mistake of either. Immutable.
class Answers {
 public:
  virtual ~Answers() = default;

  // A request that the API does not have is a gtest failure.
  virtual Question Read(const HttpRequest& request) const = 0;

  // Whether this request has VirusTotal scan a URL that it does not know.
  virtual bool AsksForScan(const Question& asked) const = 0;

  // Answers a request for a report.
  virtual HttpResponse Report(const Question& asked,
                              const Said& said) const = 0;
  // Says that a scan of the URL has just been queued, at the time `scan`. For
  // requests that ask for a scan.
  virtual HttpResponse Queued(const Question& asked, int64_t scan) const = 0;

  virtual HttpResponse QuotaUsedUp(
      std::optional<absl::Duration> retry_after) const = 0;
  // The quota of the day, which API v2 cannot say.
  virtual HttpResponse DayUsedUp() const = 0;
  virtual HttpResponse KeyRefused(const Question& asked) const = 0;
  // The key is good, but may not ask that. API v2 cannot say so.
  virtual HttpResponse Forbidden() const = 0;
  virtual HttpResponse Outage() const = 0;
};

const Answers& AnswersOf(v1::VirusTotalApi api);

// Of the URL `url`, in VirusTotal's form: `<SHA-256>-<time>`.
std::string ScanIdOf(const std::string& url, int64_t scan);

// For AnswersOf.
const Answers& AnswersV2();
const Answers& AnswersV3();

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_ANSWERS_H_
