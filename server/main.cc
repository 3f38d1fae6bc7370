// vtlookupd: the daemon.

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/secret.h"
#include "core/standard_files.h"
#include "core/text.h"
#include "server/check_files.h"
#include "server/config/api_key.h"
#include "server/config/config_change.h"
#include "server/config/load.h"
#include "server/config/runtime_dir.h"
#include "server/daemon.h"
#include "server/operators/log.h"
#include "server/supervisor.h"

// Options for jemalloc (docs/adr/0028-jemalloc.md): free pages go back to the
// system after one second, not ten.
extern "C" {
extern const char* malloc_conf;  // jemalloc looks for this name
const char* malloc_conf = "dirty_decay_ms:1000";
}

namespace vtlookup {
namespace {

constexpr char kHelp[] =
    R"(vtlookupd: answers what VirusTotal knows about URLs, domains, IP addresses
and files, from a cache

Usage: vtlookupd [--config FILE] [--KEY=VALUE ...]

  --config FILE     configuration file in YAML; docs/configuration.md describes
                    its keys
  --KEY=VALUE       set a key that has one value; it overrides the file:
                    --listen.address=127.0.0.1:50051 --cache.path=DIR
  --check-config    check the configuration, and then the files and folders
                    that it names; print the errors, and exit with status 0 (no
                    errors) or 1
  --print-config    print the effective configuration as a file for --config,
                    and exit; API keys, hashes of tokens, and texts that look
                    like a secret are left out
  --version         print the version and exit
  --help            print this help and exit

The API key comes from virustotal.keys, or from the first of these that is set:
virustotal.key, virustotal.key_file, VT_API_KEY, the file that VT_API_KEY_FILE
names, the systemd credential vt_api_key, virustotal.dnifconfig_file.

The variable VTLOOKUPD_CACHE_PATH sets cache.path, and so on for each key that a
flag can set; VTLOOKUPD_CACHE_PATH_FILE names a file that holds the value.
Variables override the file, and flags override both.

SIGTERM and SIGINT stop the daemon. SIGHUP makes it read its configuration, keys
and certificates again.

Example:
  VT_API_KEY=... vtlookupd --cache.path=/var/lib/vtlookupd
)";

struct Arguments {
  std::optional<std::string> config_file;
  ConfigFlags flags;
  bool check = false;
  bool print = false;
  bool version = false;
  bool help = false;
};

// Prints what is wrong and returns nullopt when the command line makes no
// sense.
std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--check-config") {
      arguments.check = true;
    } else if (argument == "--print-config") {
      arguments.print = true;
    } else if (argument == "--version") {
      arguments.version = true;
    } else if (argument == "--help" || argument == "-h") {
      arguments.help = true;
    } else if (argument == "--config" && i + 1 < argc) {
      arguments.config_file = argv[++i];
    } else if (absl::StartsWith(argument, "--config=")) {
      arguments.config_file = argument.substr(9);
    } else if (absl::StartsWith(argument, "--") &&
               absl::StrContains(argument, '=')) {
      arguments.flags.push_back(
          absl::StrSplit(argument.substr(2), absl::MaxSplits('=', 1)));
    } else {
      // An argument that is not a flag may be a secret, so it is not shown.
      const std::string shown = absl::StartsWith(argument, "--")
                                    ? ShownName(argument)
                                    : absl::StrCat("argument ", i);
      std::fprintf(stderr,
                   "vtlookupd: %s: unknown argument; flags are --KEY=VALUE "
                   "(see --help)\n",
                   shown.c_str());
      return std::nullopt;
    }
  }
  return arguments;
}

std::string FromEnvironment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int Fail(const absl::Status& status) {
  const std::string message = Shown(ToStd(status.message()));
  std::fprintf(stderr, "vtlookupd: %s\n", message.c_str());
  return 1;
}

// Logs why the daemon cannot start, so that a log in JSON stays JSON.
int LogFailure(const absl::Status& status) {
  spdlog::error("the daemon cannot start: {}", Shown(ToStd(status.message())));
  return 1;
}

// All users of the machine can see the arguments of a process.
void WarnOfKeyInArguments(const ConfigFlags& flags) {
  for (const auto& [path, value] : flags) {
    if (path != "virustotal.key") continue;
    std::fputs(
        "vtlookupd: --virustotal.key: the key is in the list of processes, "
        "where every user of this machine can read it; use VT_API_KEY, "
        "virustotal.key_file or the systemd credential vt_api_key instead\n",
        stderr);
  }
}

// Blocks the signals that the daemon handles, in this thread and those it
// starts.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Raises the limit of descriptors. Each connection and each file of the
// database takes some, so the usual soft limit of 1024 is soon reached, and
// gRPC does not handle that well.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::StatusOr<v1::Config> LoadConfigOf(const Arguments& arguments) {
  absl::StatusOr<v1::Config> config =
      LoadConfig(arguments.config_file, arguments.flags, VariablesIn(environ));
  if (config.ok()) {
    config->mutable_admin()->set_address(
        WithRuntimeDir(config->admin().address(), FromEnvironment));
  }
  return config;
}

// Reads the settings from the same file, flags and environment each time.
absl::StatusOr<Settings> Load(const Arguments& arguments) {
  absl::StatusOr<v1::Config> config = LoadConfigOf(arguments);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::vector<std::string>> api_keys =
      FindApiKeys(config->virustotal(), FromEnvironment);
  if (!api_keys.ok()) return api_keys.status();
  absl::StatusOr<std::string> proxy_login =
      FindProxyLogin(config->virustotal());
  if (!proxy_login.ok()) return proxy_login.status();
  return Settings{.config = *std::move(config),
                  .api_keys = *std::move(api_keys),
                  .proxy_login = *std::move(proxy_login)};
}

// Waits for a signal. Meanwhile tells the supervisor that the daemon is alive,
// as long as it is.
int NextSignal(const sigset_t& signals, const Daemon& daemon) {
  const absl::Duration period = Supervisor::WatchdogPeriod();
  if (period == absl::InfiniteDuration()) {
    int signal = 0;
    sigwait(&signals, &signal);
    return signal;
  }
  const timespec timeout = absl::ToTimespec(period);
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &timeout);
    if (signal > 0) return signal;
    if (daemon.Ready().ok()) Supervisor::StillAlive();
  }
}

// Prints the configuration as a file for --config.
int Print(const v1::Config& config) {
  std::string source = SourceOfApiKey(config.virustotal(), FromEnvironment);
  if (!config.virustotal().keys().empty()) source = "virustotal.keys";
  const std::string yaml = ToYaml(config);
  std::printf(
      "# The configuration in force: defaults, file, variables and flags.\n"
      "# Fill in what \"is set, and not shown\" before you use this file.\n"
      "# %s\n%s",
      source.empty()
          ? "No VirusTotal API key is set."
          : absl::StrCat("VirusTotal's API key comes from ", source, ".")
                .c_str(),
      yaml.c_str());
  return 0;
}

// Prints what is wrong with the configuration or with the files that it names.
int Check(const Arguments& arguments, const v1::Config& config) {
  FileFindings findings = CheckFiles(config);
  if (const auto settings = Load(arguments); !settings.ok()) {
    findings.errors.push_back(Shown(ToStd(settings.status().message())));
  }
  for (const std::string& warning : findings.warnings) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  for (const std::string& error : findings.errors) {
    std::fprintf(stderr, "%s\n", error.c_str());
  }
  if (!findings.errors.empty()) return 1;
  std::puts("the configuration is good");
  return 0;
}

int Serve(Settings settings, LoadSettings load) {
  RaiseFileLimit();
  // All files that the daemon creates are for its own user only, because they
  // show what was looked up.
  umask(S_IRWXG | S_IRWXO);
  sigset_t signals = BlockSignals();
  std::signal(SIGPIPE, SIG_IGN);
  // When a file system refuses to grow a file, the write fails, but the process
  // lives.
  std::signal(SIGXFSZ, SIG_IGN);
  StartLog(settings.config.log());
  MakeRuntimeDirFor(settings.config.admin().address(), FromEnvironment);
  const bool json = settings.config.log().format() == v1::LOG_FORMAT_JSON;
  absl::StatusOr<std::unique_ptr<Daemon>> daemon =
      Daemon::Start(std::move(settings), RealClock(), std::move(load));
  if (!daemon.ok())
    return json ? LogFailure(daemon.status()) : Fail(daemon.status());
  std::printf("vtlookupd ready on %s\n", (*daemon)->address().c_str());
  // On a line of its own, because programs take the rest of the first line for
  // the address.
  if (const std::string gateway = (*daemon)->gateway_address();
      !gateway.empty()) {
    std::printf("vtlookupd gateway on %s\n", gateway.c_str());
  }
  std::fflush(stdout);
  Supervisor::Ready((*daemon)->address());
  while (NextSignal(signals, **daemon) == SIGHUP) {
    Supervisor::Reloading();
    (*daemon)->Reload().status().IgnoreError();  // it logs the outcome itself
    Supervisor::Ready((*daemon)->address());
  }
  Supervisor::Stopping();
  // A second signal ends the process at once.
  sigdelset(&signals, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*daemon)->Stop();
  return 0;
}

int Main(int argc, char** argv) {
  const std::optional<Arguments> arguments = ParseArguments(argc, argv);
  if (!arguments.has_value()) return 2;
  if (arguments->help) return std::fputs(kHelp, stdout), 0;
  if (arguments->version) return std::puts("vtlookupd " VTLOOKUP_VERSION), 0;
  WarnOfKeyInArguments(arguments->flags);
  const absl::StatusOr<v1::Config> config = LoadConfigOf(*arguments);
  if (!config.ok()) {
    const std::string errors(config.status().message());
    std::fprintf(stderr, "%s\n", errors.c_str());
    return 1;
  }
  if (arguments->print) return Print(*config);
  if (arguments->check) return Check(*arguments, *config);
  absl::StatusOr<Settings> settings = Load(*arguments);
  if (!settings.ok()) return Fail(settings.status());
  return Serve(*std::move(settings),
               [arguments = *arguments] { return Load(arguments); });
}

}  // namespace
}  // namespace vtlookup

int main(int argc, char** argv) {
  vtlookup::OpenStandardFiles();
  return vtlookup::Main(argc, argv);
}
