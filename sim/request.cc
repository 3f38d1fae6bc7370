#include "sim/request.h"

#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <sys/queue.h>

#include <cstdlib>

#include "sim/text.h"

namespace vtsim {
namespace {

std::string Find(const std::map<std::string, std::string>& map,
                 const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? "" : found->second;
}

std::map<std::string, std::string> ParsePairs(const char* text) {
  std::map<std::string, std::string> pairs;
  evkeyvalq parsed;
  if (text == nullptr || evhttp_parse_query_str(text, &parsed) != 0) {
    return pairs;
  }
  for (const evkeyval* pair = parsed.tqh_first; pair != nullptr;
       pair = pair->next.tqe_next) {
    pairs.emplace(pair->key, pair->value);
  }
  evhttp_clear_headers(&parsed);
  return pairs;
}

}  // namespace

Request MakeRequest(const std::string& method, const std::string& target,
                    const std::map<std::string, std::string>& headers,
                    const std::string& body) {
  Request request;
  request.method = method;
  const size_t question = target.find('?');
  char* const path = evhttp_uridecode(target.substr(0, question).c_str(),
                                      /*decode_plus=*/0, nullptr);
  if (path != nullptr) request.path = path;
  std::free(path);
  if (question != std::string::npos) {
    request.query = ParsePairs(target.c_str() + question + 1);
  }
  for (const auto& [name, value] : headers) {
    request.headers.emplace(Lower(name), value);
  }
  request.form = ParsePairs(body.c_str());
  return request;
}

std::string Request::Header(const std::string& name) const {
  return Find(headers, name);
}

std::string Request::Parameter(const std::string& name) const {
  return form.contains(name) ? Find(form, name) : Find(query, name);
}

}  // namespace vtsim
