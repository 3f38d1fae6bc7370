#ifndef VTLOOKUP_TESTS_SIM_SIMULATOR_H_
#define VTLOOKUP_TESTS_SIM_SIMULATOR_H_

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/faults.h"
#include "tests/sim/recorded.h"
#include "tests/sim/v2_answers.h"

namespace vtsim {

// A request as HTTP brought it.
struct Request {
  std::string method;
  std::string path;          // without the query
  std::string content_type;  // of the body
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> form;

  // From the form, else from the query.
  std::string Parameter(const std::string& name) const;
};

// What goes back, and what is done to it on the way.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Fault fault;
  // For the log.
  std::vector<std::string> indicators;
  std::string origin;  // "recorded", "generated", "fault", "quota", "refused"
};

// VirusTotal's API v2 as the real service answers it, without the HTTP. One
// thread.
class Simulator {
 public:
  struct Options {
    std::set<std::string> keys;  // accepted; empty: any
    uint32_t per_minute = 0;     // quota of each key; 0: none
    size_t batch_limit = 4;      // answers in one array; the rest is dropped
    int64_t queue_seconds = 60;  // until a scan is done
    std::vector<FaultRule> faults;
  };

  // Borrows the recorded answers.
  Simulator(Options options, const RecordedAnswers& recorded);

  // `now` in unix seconds.
  Response Answer(const Request& request, int64_t now);

  uint64_t requests() const { return requests_; }

 private:
  using Handler = Json (Simulator::*)(const Request&, const std::string&,
                                      int64_t, Response*);

  bool TakeQuota(const std::string& key, int64_t now);
  void ApplyFault(Response* response) const;
  void AnswerEach(const Request& request,
                  const std::vector<std::string>& resources, Handler handler,
                  int64_t now, Response* response);

  Json FileReport(const Request&, const std::string& resource, int64_t now,
                  Response*);
  Json FileRescan(const Request&, const std::string& resource, int64_t now,
                  Response*);
  Json UrlReport(const Request&, const std::string& resource, int64_t now,
                 Response*);
  Json UrlScan(const Request&, const std::string& resource, int64_t now,
               Response*);
  Json DomainReport(const Request&, const std::string& resource, int64_t now,
                    Response*);
  Json IpReport(const Request&, const std::string& resource, int64_t now,
                Response*);

  Facts FactsOf(Kind kind, const std::string& name) const;
  Json Report(Kind kind, const std::string& name, const std::string& resource,
              Response* response) const;
  Json Submit(const Facts& facts, const std::string& resource, int64_t now);

  const Options options_;
  const RecordedAnswers& recorded_;
  uint64_t requests_ = 0;
  std::map<std::string, std::deque<int64_t>> last_minute_;  // by key
  std::map<std::string, int64_t> submitted_;  // canonical URL -> when
  std::map<std::string, std::string> scans_;  // scan id -> canonical URL
};

}  // namespace vtsim

#endif  // VTLOOKUP_TESTS_SIM_SIMULATOR_H_
