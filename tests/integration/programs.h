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

// A program that runs beside the test. The destructor ends it.
class Program {
 public:
  // Starts BIN_DIR/`name`, or `name` itself when it is a path. `environment` is
  // added to the environment of the test. ReadLine reads the program's output.
  // Its errors go to `error_file`, by default to those of the test.
  Program(const std::string& name, const std::vector<std::string>& arguments,
          const std::vector<std::string>& environment = {},
          const std::string& error_file = "");
  ~Program();  // SIGKILL, if it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Returns the next line of the output; empty at the end. Blocks.
  std::string ReadLine();
  // Returns the rest of the output. Blocks until the output ends.
  std::string ReadAll();

  void Signal(int signal) const;
  // Waits for the end of the program. Returns its exit status, or minus the
  // signal that ended it.
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
  // Returns the requests so far, from vtsim's log.
  std::vector<nlohmann::json> Requests() const;
  // Returns how many of the requests were about `indicator`.
  int CountOf(const std::string& indicator) const;

 private:
  TempDir dir_;
  Program program_;
  std::string url_;
};

// vtlookupd on a free port, without a quota. It asks `sim`, or the server that
// `base_url` names.
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
  std::string Errors() const;  // the log
  std::string HttpAddress() const;

  static constexpr char kApiKey[] = "integration-key-8f3a";

 private:
  TempDir dir_;
  Program program_;
  std::string address_;
};

// Returns the resident memory of a process, in KiB.
int64_t ResidentKib(pid_t pid);

v1::Indicator DomainIndicator(const std::string& name);
v1::Indicator UrlIndicator(const std::string& url);
v1::Indicator FileIndicator(const std::string& hash);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_PROGRAMS_H_
