#ifndef VTLOOKUP_CLIENT_COMMAND_RESULT_PRINTER_H_
#define VTLOOKUP_CLIENT_COMMAND_RESULT_PRINTER_H_

#include <set>
#include <string>
#include <vector>

#include "client/command/output.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Prints the results of lookups to standard output: as lines of JSON, as
// reports, or as tables for people. Remembers whether a lookup failed, and
// whether a result is one of `fail_on`. One thread at a time.
class ResultPrinter {
 public:
  struct Options {
    bool json = false;
    bool verbose = false;  // a report for each result, with all engines
    // There is one result only; on a terminal it is a report.
    bool single = false;
    // The findings for which the exit status is kFailOn (lookup.h).
    std::set<std::string> fail_on = {};
  };

  explicit ResultPrinter(Options options);

  // Adds the result for the indicator `asked`. JSON and reports are printed at
  // once; text is kept until EndTable, because the width of a column depends on
  // all lines.
  void Add(const v1::Indicator& asked, const v1::LookupResult& result);

  // Prints the lines that were added since the last call, as one table.
  void EndTable();

  // Returns kSomeFailed when a result was an error, otherwise kFailOn when a
  // finding was one of `fail_on`, otherwise kAllAnswered.
  int exit_status() const;

 private:
  const Options options_;
  const Screen screen_;
  std::vector<TextLine> lines_;
  bool failed_ = false;
  bool found_ = false;  // a finding of options_.fail_on
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_RESULT_PRINTER_H_
