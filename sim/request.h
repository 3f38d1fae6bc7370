#ifndef VTLOOKUP_SIM_REQUEST_H_
#define VTLOOKUP_SIM_REQUEST_H_

#include <map>
#include <string>
#include <vector>

#include "sim/faults.h"

namespace vtsim {

// An HTTP request.
struct Request {
  std::string method;
  std::string path;                            // without the query
  std::map<std::string, std::string> headers;  // names in lower case
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> form;

  std::string Header(const std::string& name) const;
  // Looks in the form first, then in the query. Empty when neither has `name`.
  std::string Parameter(const std::string& name) const;
};

// `target` is the path and the query; header names may be in any case.
Request MakeRequest(const std::string& method, const std::string& target,
                    const std::map<std::string, std::string>& headers,
                    const std::string& body);

// The answer, and the faults that the server applies to it.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Fault fault;
  // For the log.
  std::vector<std::string> indicators;
  std::string origin;  // "recorded", "generated", "fault", "quota", "refused"
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_REQUEST_H_
