#ifndef VTLOOKUP_TESTS_FAKES_FAKE_HTTP_CLIENT_H_
#define VTLOOKUP_TESTS_FAKES_FAKE_HTTP_CLIENT_H_

#include <list>
#include <utility>

#include "virustotal/http_client.h"

namespace vtlookup {

// Holds requests until the test answers them, in any order.
class FakeHttpClient final : public HttpClient {
 public:
  struct Pending {
    HttpRequest request;
    Done done;
  };

  void Start(HttpRequest request, Done done) override {
    ++started;
    pending.push_back({std::move(request), std::move(done)});
  }

  std::list<Pending> pending;  // oldest first
  int started = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_FAKE_HTTP_CLIENT_H_
