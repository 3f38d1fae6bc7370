#ifndef VTLOOKUP_SERVER_VERDICTS_RAW_KEY_H_
#define VTLOOKUP_SERVER_VERDICTS_RAW_KEY_H_

#include <string>
#include <string_view>

#include "core/indicator.h"

namespace vtlookup {

// Returns the key under which RawReports has the report of a cached verdict.
// It is the key of the indicator, but for a file that of its SHA-256, so that
// the report is kept once for all hashes of the file. `indicator` is canonical.
// `value` is a StoredVerdict. Thread-safe.
std::string RawKeyOf(Kind kind, std::string_view indicator,
                     std::string_view value);

// Returns the key under which RawReports has the text of a URL, so that the URL
// can be found by the id that VirusTotal gives it. Thread-safe.
std::string UrlNameKey(std::string_view sha256);

// Returns the UrlNameKey of a cached verdict; empty when the verdict is not
// about a URL, or does not have the id. `value` is a StoredVerdict.
// Thread-safe.
std::string UrlNameKeyOf(Kind kind, std::string_view value);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_RAW_KEY_H_
