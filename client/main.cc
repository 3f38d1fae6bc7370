// vtlookup: the command line client.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "client/arguments.h"
#include "client/client.h"
#include "client/connection.h"
#include "client/output.h"

namespace vtlookup {
namespace {

// What the daemon takes in one call by default.
constexpr size_t kBatch = 10000;

enum Exit { kAllAnswered = 0, kSomeFailed = 1, kUsage = 2 };

// Prints results as they come, and remembers whether one failed.
class Printer {
 public:
  explicit Printer(bool json) : json_(json) {}

  void Print(const v1::Indicator& asked, const v1::LookupResult& result) {
    failed_ |= result.has_error();
    const std::string line = json_ ? JsonLine(result) : TextLine(asked, result);
    std::printf("%s\n", line.c_str());
  }

  int exit() const { return failed_ ? kSomeFailed : kAllAnswered; }

 private:
  const bool json_;
  bool failed_ = false;
};

void LookUp(const Client& client, const Arguments& arguments,
            Printer* printer) {
  const std::vector<v1::Indicator>& all = arguments.indicators;
  for (size_t begin = 0; begin < all.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, all.size());
    const std::vector<v1::Indicator> part(
        all.begin() + static_cast<std::ptrdiff_t>(begin),
        all.begin() + static_cast<std::ptrdiff_t>(end));
    const auto response = client.BatchLookup(part, arguments.options);
    for (size_t i = 0; i < part.size(); ++i) {
      printer->Print(part[i], response.ok()
                                  ? response->results(static_cast<int>(i))
                                  : FailedResult(response.status()));
    }
  }
}

void Submit(const Client& client, const Arguments& arguments,
            Printer* printer) {
  for (const v1::Indicator& indicator : arguments.indicators) {
    v1::LookupResult result;
    const auto verdict = client.SubmitUrl(indicator.url());
    if (verdict.ok()) {
      *result.mutable_response()->mutable_verdict() = *verdict;
    } else {
      result = FailedResult(verdict.status());
    }
    printer->Print(indicator, result);
  }
}

int Main(int argc, char** argv) {
  const char* const server = std::getenv("VTLOOKUP_SERVER");
  std::string error;
  const std::optional<Arguments> arguments = ParseArguments(
      {argv + 1, argv + argc}, server == nullptr ? "" : server, &error);
  if (!arguments.has_value()) {
    std::fprintf(stderr, "vtlookup: %s (see vtlookup --help)\n", error.c_str());
    return kUsage;
  }
  switch (arguments->command) {
    case Arguments::Command::kHelp:
      std::fputs(kHelp, stdout);
      return kAllAnswered;
    case Arguments::Command::kVersion:
      std::puts("vtlookup " VTLOOKUP_VERSION);
      return kAllAnswered;
    default:
      break;
  }
  const Client client(Connect(arguments->server),
                      {.timeout = arguments->timeout});
  Printer printer(arguments->json);
  if (arguments->command == Arguments::Command::kSubmit) {
    Submit(client, *arguments, &printer);
  } else {
    LookUp(client, *arguments, &printer);
  }
  return printer.exit();
}

}  // namespace
}  // namespace vtlookup

int main(int argc, char** argv) { return vtlookup::Main(argc, argv); }
