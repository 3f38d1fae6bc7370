#ifndef VTLOOKUP_TESTS_INTEGRATION_PROGRAMS_H_
#define VTLOOKUP_TESTS_INTEGRATION_PROGRAMS_H_

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/temp_dir.h"
#include "vtlookup/client.h"

namespace vtlookup {

// A program of ours that runs beside the test, and ends with the object.
class Program {
 public:
  // Starts BIN_DIR/`name`, or `name` itself when it is a path; `environment` is
  // added to the test's own. Its output is read by ReadLine; its errors go to
  // `error_file`, or the test's.
  Program(const std::string& name, const std::vector<std::string>& arguments,
          const std::vector<std::string>& environment = {},
          const std::string& error_file = "");
  ~Program();  // SIGKILL, if it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // The next line of its output; blocks. Empty at the end.
  std::string ReadLine();
  // All that is left of its output.
  std::string ReadAll();

  void Signal(int signal) const;
  // Waits for its end; its exit status, or minus the signal that ended it.
  int Wait();

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

// vtsim on a free port, with a log.
class SimProgram {
 public:
  explicit SimProgram(std::vector<std::string> arguments = {});

  const std::string& url() const { return url_; }
  // The requests so far, as it logged them.
  std::vector<nlohmann::json> Requests() const;
  // How many of them were about `indicator`.
  int CountOf(const std::string& indicator) const;

 private:
  TempDir dir_;
  Program program_;
  std::string url_;
};

// vtlookupd on a free port, asking `sim` or what `base_url` names, without
// quota.
class DaemonProgram {
 public:
  DaemonProgram(const SimProgram& sim, const std::string& cache_path,
                const std::vector<std::string>& arguments = {})
      : DaemonProgram(sim.url(), cache_path, arguments) {}
  DaemonProgram(const std::string& base_url, const std::string& cache_path,
                const std::vector<std::string>& arguments = {});

  const std::string& address() const { return address_; }
  Program& program() { return program_; }
  Client NewClient(absl::Duration timeout = absl::Seconds(30)) const;
  std::string Errors() const;  // what it logged
  std::string HttpAddress() const;

  static constexpr char kApiKey[] = "integration-key-8f3a";

 private:
  TempDir dir_;
  Program program_;
  std::string address_;
};

// Memory of a process that is in use.
int64_t ResidentKib(pid_t pid);

v1::Indicator DomainIndicator(const std::string& name);
v1::Indicator UrlIndicator(const std::string& url);
v1::Indicator FileIndicator(const std::string& hash);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_PROGRAMS_H_
