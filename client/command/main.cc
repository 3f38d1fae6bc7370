// vtlookup: the command line client.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/command/admin.h"
#include "client/command/arguments.h"
#include "client/command/bench.h"
#include "client/command/enrich.h"
#include "client/command/output.h"
#include "client/command/status.h"
#include "client/command/watch.h"
#include "core/secret.h"
#include "vtlookup/client.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

// What the daemon takes in one call by default.
constexpr size_t kBatch = 10000;

enum Exit { kAllAnswered = 0, kSomeFailed = 1, kUsage = 2 };

// Prints results, and remembers whether one failed.
class Printer {
 public:
  explicit Printer(bool json) : json_(json), screen_(StandardOutput()) {}

  void Add(const v1::Indicator& asked, const v1::LookupResult& result) {
    failed_ |= result.has_error();
    if (json_) {
      std::printf("%s\n", JsonLine(result).c_str());
    } else {
      lines_.push_back(TextLineOf(asked, result));
    }
  }

  // What is aligned with each other.
  void EndTable() {
    std::fputs(Table(lines_, screen_).c_str(), stdout);
    lines_.clear();
  }

  int exit() const { return failed_ ? kSomeFailed : kAllAnswered; }

 private:
  const bool json_;
  const Screen screen_;
  std::vector<TextLine> lines_;
  bool failed_ = false;
};

int LookUp(const Client& client, const Arguments& arguments) {
  Printer printer(arguments.json);
  const std::vector<v1::Indicator>& all = arguments.indicators;
  for (size_t begin = 0; begin < all.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, all.size());
    const std::vector<v1::Indicator> part(
        all.begin() + static_cast<std::ptrdiff_t>(begin),
        all.begin() + static_cast<std::ptrdiff_t>(end));
    const auto response = client.BatchLookup(part, arguments.options);
    for (size_t i = 0; i < part.size(); ++i) {
      printer.Add(part[i], response.ok()
                               ? response->results(static_cast<int>(i))
                               : FailedResult(response.status()));
    }
    printer.EndTable();
  }
  return printer.exit();
}

int Submit(const Client& client, const Arguments& arguments) {
  Printer printer(arguments.json);
  for (const v1::Indicator& indicator : arguments.indicators) {
    v1::LookupResult result;
    const auto verdict = client.SubmitUrl(indicator.url());
    if (verdict.ok()) {
      *result.mutable_response()->mutable_verdict() = *verdict;
    } else {
      result = FailedResult(verdict.status());
    }
    printer.Add(indicator, result);
    printer.EndTable();
  }
  return printer.exit();
}

int WatchAll(const Client& client, const Arguments& arguments) {
  Printer printer(arguments.json);
  const bool all = Watch(
      client, arguments,
      [&printer](const v1::Indicator& asked, const v1::LookupResult& result) {
        printer.Add(asked, result);
        printer.EndTable();
      });
  return all ? kAllAnswered : kSomeFailed;
}

int EnrichRows(const Client& client, const Arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const absl::StatusOr<Enriched> outcome = Enrich(client, arguments);
  if (outcome.ok()) {
    return *outcome == Enriched::kAll ? kAllAnswered : kSomeFailed;
  }
  const std::string message(outcome.status().message());
  std::fprintf(stderr, "vtlookup: %s\n", message.c_str());
  return absl::IsAborted(outcome.status()) ? kSomeFailed : kUsage;
}

bool StaysInside(const std::string& server) {
  return absl::StartsWith(server, "unix:") ||
         absl::StartsWith(server, "127.") ||
         absl::StartsWith(server, "localhost:") ||
         absl::StartsWith(server, "[::1]");
}

// The token in the file; empty when none is named.
absl::StatusOr<std::string> TokenOf(const Arguments& arguments) {
  if (arguments.token_file.empty()) return "";
  if (!arguments.connection.tls && !StaysInside(arguments.server)) {
    return absl::InvalidArgumentError(
        "a token is a password: it is only sent with --tls, or within this "
        "machine");
  }
  std::ifstream in(arguments.token_file);
  std::string token(std::istreambuf_iterator<char>(in), {});
  absl::StripAsciiWhitespace(&token);
  if (!in || token.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--token-file, ", Shown(arguments.token_file),
                     ": cannot be read, or is empty; it must be the name of a "
                     "file that holds the token"));
  }
  return token;
}

int Complain(const std::string& what) {
  const std::string shown = Shown(what);
  std::fprintf(stderr, "vtlookup: %s (see vtlookup --help)\n", shown.c_str());
  return kUsage;
}

int Run(const Arguments& arguments) {
  const absl::StatusOr<std::string> token = TokenOf(arguments);
  if (!token.ok()) return Complain(std::string(token.status().message()));
  const auto channel = Connect(arguments.server, arguments.connection);
  if (!channel.ok()) return Complain(std::string(channel.status().message()));
  const Client client(*channel,
                      {.timeout = arguments.timeout, .token = *token});
  switch (arguments.command) {
    case Arguments::Command::kLookup:
      return LookUp(client, arguments);
    case Arguments::Command::kSubmit:
      return Submit(client, arguments);
    case Arguments::Command::kWatch:
      return WatchAll(client, arguments);
    case Arguments::Command::kEnrich:
      return EnrichRows(client, arguments);
    case Arguments::Command::kStatus: {
      const DaemonStatus status = AskStatus(*channel, arguments);
      std::puts(status.text.c_str());
      return status.serving ? kAllAnswered : kSomeFailed;
    }
    case Arguments::Command::kAdmin: {
      const absl::Status done = Administer(*channel, *token, arguments);
      if (done.ok()) return kAllAnswered;
      const std::string why = done.ToString();
      std::fprintf(stderr, "vtlookup: %s\n", why.c_str());
      return kSomeFailed;
    }
    case Arguments::Command::kBench: {
      const absl::StatusOr<std::string> result = RunBench(client, arguments);
      if (result.ok()) {
        std::puts(result->c_str());
        return kAllAnswered;
      }
      const std::string why(result.status().message());
      if (absl::IsInvalidArgument(result.status())) return Complain(why);
      std::fprintf(stderr, "vtlookup: %s\n", why.c_str());
      return kSomeFailed;
    }
    case Arguments::Command::kPrint:
      std::fputs(arguments.text.c_str(), stdout);
      return kAllAnswered;
  }
  return kUsage;
}

int Main(int argc, char** argv) {
  const char* const server = std::getenv("VTLOOKUP_SERVER");
  std::string error;
  const std::optional<Arguments> arguments = ParseArguments(
      {argv + 1, argv + argc}, server == nullptr ? "" : server, &error);
  return arguments.has_value() ? Run(*arguments) : Complain(error);
}

}  // namespace
}  // namespace vtlookup

int main(int argc, char** argv) { return vtlookup::Main(argc, argv); }
