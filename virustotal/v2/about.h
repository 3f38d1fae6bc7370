#ifndef VTLOOKUP_VIRUSTOTAL_V2_ABOUT_H_
#define VTLOOKUP_VIRUSTOTAL_V2_ABOUT_H_

#include "core/indicator.h"
#include "virustotal/v2/report.h"

namespace vtlookup {

// Whether a report is about the indicator that was asked, judged by all the
// names in it. A name of something else outweighs a name of the indicator,
// because `resource` only echoes the question. Ordered by weight.
enum class AboutV2 {
  kUnsaid,   // the report has no name of the indicator's kind
  kIt,       // some names are the indicator, and none is something else
  kAnother,  // at least one name is something else
};

// Compares the names in the report with the indicator. This cannot fail, but
// kAnother means that the report must not become a verdict. Thread-safe.
// Borrows its arguments during the call only.
AboutV2 WhatIsItAboutV2(const ReportV2& report, const Indicator& indicator);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V2_ABOUT_H_
