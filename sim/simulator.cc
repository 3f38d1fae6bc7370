#include "sim/simulator.h"

#include <utility>

namespace vtsim {
namespace {

constexpr char kHtml[] = "text/html; charset=utf-8";
constexpr char kPage[] = "<html><body>Something in between</body></html>";

// Replaces the answer by the fault.
void ApplyFault(const Fault& fault, const Api& api, Response* response) {
  const Response before = *response;
  if (fault.status.has_value()) {
    *response = api.Failure(*fault.status);
  } else if (fault.error.has_value()) {
    response->status = fault.error->status;
    response->content_type = "application/json";
    response->body =
        V3Error(fault.error->code, "vtsim was told to fail (--fault)").dump();
  } else if (fault.junk) {
    response->body = "\x01\x02 not json {{{ \"positives\": 0 ";
  } else if (fault.html.has_value()) {
    response->status = *fault.html;
    response->content_type = kHtml;
    response->body = kPage;
  } else if (fault.empty) {
    response->body.clear();
  } else if (fault.big.has_value()) {
    response->body = "{\"response_code\": 1, \"filler\": \"" +
                     std::string(*fault.big, 'x') + "\"}";
  }
  response->indicators = before.indicators;
  response->fault = fault;
  const bool changed =
      response->body != before.body || response->status != before.status;
  response->origin = changed ? "fault" : before.origin;
}

}  // namespace

Simulator::Simulator(Options options, const RecordedAnswers& recorded)
    : options_(std::move(options)),
      world_(options_.faults, recorded, options_.queue_seconds),
      v2_(world_, options_.batch_limit),
      v3_(world_, options_.premium) {}

Api* Simulator::FindApi(const std::string& path) {
  if (V2Api::Serves(path)) return &v2_;
  if (V3Api::Serves(path)) return &v3_;
  return nullptr;
}

std::string Simulator::KeyOf(const Request& request) const {
  if (V2Api::Serves(request.path)) return v2_.KeyOf(request);
  return v3_.KeyOf(request);
}

bool Simulator::TakeQuota(const std::string& key, int64_t now) {
  if (options_.per_minute == 0) return true;
  std::deque<int64_t>& taken = last_minute_[key];
  while (!taken.empty() && taken.front() + 60 <= now) taken.pop_front();
  if (taken.size() >= options_.per_minute) return false;
  taken.push_back(now);
  return true;
}

Response Simulator::AnswerOf(Api& api, const Request& request, int64_t now) {
  const std::string key = api.KeyOf(request);
  Response response;
  if (key.empty() || !(options_.keys.empty() || options_.keys.contains(key))) {
    response = api.WrongKey(key);
    response.origin = "refused";
  } else if (!TakeQuota(key, now)) {
    response = api.QuotaUsedUp();
    response.origin = "quota";
  } else {
    response = api.Answer(request, now);
    if (response.origin.empty()) {
      response.origin = response.status >= 400 && response.status != 404
                            ? "refused"
                            : "generated";
    }
  }
  return response;
}

Response Simulator::Answer(const Request& request, int64_t now) {
  world_.CountRequest();
  Api* const api = FindApi(request.path);
  if (api == nullptr) {
    Response response;
    response.status = 404;
    response.content_type = kHtml;
    response.body = kPage;
    response.origin = "refused";
    return response;
  }
  Response response = AnswerOf(*api, request, now);
  response.indicators = api->IndicatorsOf(request);
  std::string asked;
  for (const std::string& indicator : response.indicators) {
    asked += indicator + "\n";
  }
  const Fault* const fault =
      FindFault(options_.faults, asked, world_.requests());
  if (fault != nullptr) ApplyFault(*fault, *api, &response);
  return response;
}

}  // namespace vtsim
