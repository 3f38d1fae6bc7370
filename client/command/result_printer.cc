#include "client/command/result_printer.h"

#include <cstdio>

#include "client/command/exit_status.h"

namespace vtlookup {

ResultPrinter::ResultPrinter(bool json)
    : json_(json), screen_(StandardOutput()) {}

void ResultPrinter::Add(const v1::Indicator& asked,
                        const v1::LookupResult& result) {
  failed_ |= result.has_error();
  if (json_) {
    std::printf("%s\n", JsonLine(result).c_str());
  } else {
    lines_.push_back(TextLineOf(asked, result));
  }
}

void ResultPrinter::EndTable() {
  std::fputs(Table(lines_, screen_).c_str(), stdout);
  lines_.clear();
}

int ResultPrinter::exit_status() const {
  return failed_ ? kSomeFailed : kAllAnswered;
}

}  // namespace vtlookup
