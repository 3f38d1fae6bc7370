#ifndef VTLOOKUP_VTLOOKUP_FAKE_DAEMON_H_
#define VTLOOKUP_VTLOOKUP_FAKE_DAEMON_H_

#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "grpcpp/support/status.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A daemon for tests of programs that use Client. It runs within the process,
// without a port, a cache or VirusTotal. It answers what the test has set for
// an indicator with exactly this spelling; for others, that VirusTotal does not
// know them (code 0). Thread-safe.
//
//   vtlookup::FakeDaemon daemon;
//   daemon.Answer(evil, Malicious());
//   vtlookup::Client client(daemon.Connect());
class FakeDaemon {
 public:
  FakeDaemon();
  ~FakeDaemon();  // ends all calls

  std::shared_ptr<grpc::Channel> Connect();

  // Sets the answer, or the failure, from now on. Watchers of the indicator get
  // it at once.
  void Answer(const v1::Indicator& indicator, v1::Verdict verdict);
  void Fail(const v1::Indicator& indicator, const grpc::Status& status);

  // Returns how often the indicator was looked up or submitted.
  int asked(const v1::Indicator& indicator) const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_FAKE_DAEMON_H_
