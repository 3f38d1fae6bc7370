#ifndef VTLOOKUP_TESTS_FAKES_FAKE_HTTP_CLIENT_H_
#define VTLOOKUP_TESTS_FAKES_FAKE_HTTP_CLIENT_H_

#include <functional>
#include <list>
#include <utility>

#include "virustotal/http/http_client.h"

namespace vtlookup {

// An HttpClient that holds requests until the test answers them, in any order.
// One thread.
class FakeHttpClient final : public HttpClient {
 public:
  struct Pending {
    HttpRequest request;
    Done done;
  };

  void Start(HttpRequest request, Done done) override {
    ++started;
    if (on_start) on_start(request);
    pending.push_back({std::move(request), std::move(done)});
  }

  std::list<Pending> pending;  // oldest first
  int started = 0;
  std::function<void(const HttpRequest&)> on_start;  // may be empty
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_FAKE_HTTP_CLIENT_H_
