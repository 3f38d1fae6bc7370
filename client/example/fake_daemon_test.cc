// How a program that uses Client is tested: against a FakeDaemon.

#include <cstdlib>
#include <string>

#include "vtlookup/client.h"
#include "vtlookup/fake_daemon.h"

namespace {

// What is to be tested: nothing is blocked that is only not known.
bool ShouldBlock(const vtlookup::Client& client, const std::string& url) {
  vtlookup::v1::Indicator indicator;
  indicator.set_url(url);
  const auto answer = client.Lookup(indicator);
  return answer.ok() && answer->verdict().response_code() == 1 &&
         answer->verdict().positives() > 2;
}

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

int main() {
  vtlookup::FakeDaemon daemon;
  vtlookup::v1::Indicator evil;
  evil.set_url("http://evil.example.com/");
  vtlookup::v1::Verdict verdict;
  verdict.set_response_code(1);
  verdict.set_positives(40);
  daemon.Answer(evil, verdict);
  vtlookup::v1::Indicator broken;
  broken.set_url("http://broken.example.com/");
  daemon.Fail(broken, {grpc::StatusCode::UNAVAILABLE, "no route"});

  const vtlookup::Client client(daemon.Connect());
  Check(ShouldBlock(client, "http://evil.example.com/"));
  Check(!ShouldBlock(client, "http://broken.example.com/"));
  Check(!ShouldBlock(client, "http://new.example.com/"));
  Check(daemon.asked(evil) == 1);
}
