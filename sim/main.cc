// vtsim: a stand-in for VirusTotal, for trials, tests and benchmarks.

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "sim/http_server.h"
#include "sim/recorded.h"
#include "sim/simulator.h"
#include "sim/text.h"

namespace vtsim {
namespace {

constexpr char kHelp[] = R"(vtsim: answers as VirusTotal's APIs v2 and v3 do

Usage: vtsim [--port PORT] [--answers DIR] [--fault RULE ...] [--log FILE]

  --address ADDR     address to listen on (default: 127.0.0.1)
  --port PORT        port to listen on; 0, the default, takes a free one, which
                     the first line of output names
  --answers DIR      recorded answers: *.json in folders named url, file, domain
                     and ip; those of v3 are below a folder named v3. Answers
                     about all other indicators are invented, and are the same
                     in every run. A word in the indicator decides the answer:
                     missing, queued, malicious, clean
  --fault RULE       a fault, MATCH=FAULT[+FAULT...]; may be given several
                     times: the first rule that matches a request applies
  --key KEY          accept this API key; may be given several times (default:
                     every key is accepted)
  --quota N          requests a minute for each key; more get 204 (v2) or 429
                     (v3) (default: no limit)
  --premium          all keys may use the premium parts of v3
  --queue-time DUR   how long a submitted URL is queued (default: 60s)
  --batch-limit N    answers in one array of v2; the rest is left out
                     (default: 4)
  --log FILE         append a line of JSON for each request; - is standard
                     output
  --help             print this help and exit

Rules:
)";
constexpr char kExamples[] = R"(
Examples:
  vtsim --port 8080 --answers samples --log requests.jsonl
  vtsim --fault 'evil.example=status:503' --fault '10%=latency:2s'
)";

struct Arguments {
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  std::string answers;
  std::string log;
  bool help = false;
  Simulator::Options options;
};

std::optional<unsigned long> Number(const std::string& text,
                                    unsigned long most) {
  char* end = nullptr;
  const unsigned long number = std::strtoul(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || number > most) return std::nullopt;
  return number;
}

// Returns false when the value makes no sense.
bool SetOption(std::string_view name, const std::string& value,
               Arguments* arguments) {
  if (name == "--address") {
    arguments->address = value;
  } else if (name == "--answers") {
    arguments->answers = value;
  } else if (name == "--log") {
    arguments->log = value;
  } else if (name == "--key") {
    arguments->options.keys.insert(value);
  } else if (name == "--fault") {
    auto rule = ParseFaultRule(value);
    if (!rule.has_value()) return false;
    arguments->options.faults.push_back(*std::move(rule));
  } else if (name == "--queue-time") {
    const auto time = ParseDuration(value);
    if (!time.has_value()) return false;
    arguments->options.queue_seconds = time->count() / 1000;
  } else if (name == "--port") {
    const auto port = Number(value, 65535);
    if (!port.has_value()) return false;
    arguments->port = static_cast<uint16_t>(*port);
  } else if (name == "--quota") {
    const auto quota = Number(value, 1000000000);
    if (!quota.has_value()) return false;
    arguments->options.per_minute = static_cast<uint32_t>(*quota);
  } else if (name == "--batch-limit") {
    const auto limit = Number(value, 1000);
    if (!limit.has_value() || *limit == 0) return false;
    arguments->options.batch_limit = *limit;
  } else {
    return false;
  }
  return true;
}

// Accepts `--name value` and `--name=value`.
std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string text = argv[i];
    if (text == "--help" || text == "-h") {
      arguments.help = true;
      return arguments;
    }
    if (text == "--premium") {
      arguments.options.premium = true;
      continue;
    }
    const size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const bool has_value = equals != std::string::npos || i + 1 < argc;
    const std::string value = equals != std::string::npos
                                  ? text.substr(equals + 1)
                                  : (has_value ? argv[++i] : "");
    if (!has_value || !SetOption(name, value, &arguments)) {
      // The value, or an argument that is no option, may be a key, so it is not
      // shown.
      std::fprintf(stderr,
                   "vtsim: argument %d (%s) is unknown or has an invalid "
                   "value; see vtsim --help\n",
                   i, text.starts_with("--") ? name.c_str() : "not an option");
      return std::nullopt;
    }
  }
  return arguments;
}

// Each request that is held needs a descriptor.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Main(int argc, char** argv) {
  const std::optional<Arguments> arguments = ParseArguments(argc, argv);
  if (!arguments.has_value()) return 2;
  if (arguments->help) {
    std::printf("%s%s%s", kHelp, kFaultHelp, kExamples);
    return 0;
  }
  std::signal(SIGPIPE, SIG_IGN);
  RaiseFileLimit();
  RecordedAnswers recorded;
  if (!arguments->answers.empty()) recorded.Load(arguments->answers);
  std::FILE* log = nullptr;
  if (arguments->log == "-") {
    log = stdout;
  } else if (!arguments->log.empty()) {
    log = std::fopen(arguments->log.c_str(), "ae");
    if (log == nullptr) {
      std::perror(arguments->log.c_str());
      return 1;
    }
  }
  Simulator simulator(arguments->options, recorded);
  HttpServer server(simulator, log);
  const uint16_t port = server.Listen(arguments->address, arguments->port);
  if (port == 0) {
    std::fprintf(stderr, "vtsim: cannot listen on %s:%u\n",
                 arguments->address.c_str(), arguments->port);
    return 1;
  }
  std::printf("vtsim ready on http://%s:%u (%zu recorded answers)\n",
              arguments->address.c_str(), port, recorded.size());
  std::fflush(stdout);
  server.Run();
  if (log != nullptr && log != stdout) std::fclose(log);
  return 0;
}

}  // namespace
}  // namespace vtsim

int main(int argc, char** argv) {
  try {
    return vtsim::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vtsim: %s\n", error.what());
    return 1;
  }
}
