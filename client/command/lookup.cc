#include "client/command/lookup.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "client/command/arguments.h"
#include "client/command/result_printer.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"

namespace vtlookup {
namespace {

// The number of indicators that the daemon accepts in one call by default.
constexpr size_t kBatch = 10000;

}  // namespace

void DeclareLookups(CLI::App& app, Arguments& arguments) {
  for (const ValueKind& kind : Kinds()) {
    CLI::App* const command =
        AddCommand(app, arguments, kind.name, kind.help, RunLookup);
    AddValues(command, arguments, kind);
    AddSummary(command, arguments);
    AddLookupOptions(command, arguments);
  }
}

int RunLookup(const Session& session, const Arguments& arguments) {
  ResultPrinter printer(arguments.json);
  const std::vector<v1::Indicator>& all = arguments.indicators;
  for (size_t begin = 0; begin < all.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, all.size());
    const std::vector<v1::Indicator> part(
        all.begin() + static_cast<std::ptrdiff_t>(begin),
        all.begin() + static_cast<std::ptrdiff_t>(end));
    const auto response = session.client.BatchLookup(part, arguments.options);
    for (size_t i = 0; i < part.size(); ++i) {
      printer.Add(part[i], response.ok()
                               ? response->results(static_cast<int>(i))
                               : FailedResult(response.status()));
    }
    printer.EndTable();
  }
  return printer.exit_status();
}

}  // namespace vtlookup
