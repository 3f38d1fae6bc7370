#ifndef VTLOOKUP_CLIENT_COMMAND_RESULT_PRINTER_H_
#define VTLOOKUP_CLIENT_COMMAND_RESULT_PRINTER_H_

#include <vector>

#include "client/command/output.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Prints the results of lookups to standard output, as lines of JSON or as
// tables for people, and remembers whether one of the lookups failed. One
// thread at a time.
class ResultPrinter {
 public:
  explicit ResultPrinter(bool json);

  // Adds the result for the indicator `asked`. JSON is printed at once; text is
  // kept until EndTable, because the width of a column depends on all lines.
  void Add(const v1::Indicator& asked, const v1::LookupResult& result);

  // Prints the lines that were added since the last call, as one table.
  void EndTable();

  // Returns kSomeFailed when a result was an error, otherwise kAllAnswered.
  int exit_status() const;

 private:
  const bool json_;
  const Screen screen_;
  std::vector<TextLine> lines_;
  bool failed_ = false;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_RESULT_PRINTER_H_
