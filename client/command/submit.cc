#include "client/command/submit.h"

#include <CLI/CLI.hpp>

#include "client/command/arguments.h"
#include "client/command/help_text.h"
#include "client/command/result_printer.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"

namespace vtlookup {

void DeclareSubmit(CLI::App& app, Arguments& arguments) {
  CLI::App* const command = AddCommand(
      app, arguments, "submit",
      "Submit URLs to VirusTotal for a scan; this uses quota", RunSubmit);
  AddValues(command, arguments, *FindKind("url"));
  command->footer(
      Footer(kStatusOfCommands, {"vtlookup submit http://www.example.com/",
                                 "vtlookup watch url http://www.example.com/ "
                                 "--until-final"}));
}

int RunSubmit(const Session& session, const Arguments& arguments) {
  ResultPrinter printer({.json = arguments.json});
  for (const v1::Indicator& indicator : arguments.indicators) {
    v1::LookupResult result;
    const auto verdict = session.client.SubmitUrl(indicator.url());
    if (verdict.ok()) {
      *result.mutable_response()->mutable_verdict() = *verdict;
    } else {
      result = FailedResult(verdict.status());
    }
    printer.Add(indicator, result);
    printer.EndTable();
  }
  return printer.exit_status();
}

}  // namespace vtlookup
