#include "virustotal/v2/about.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "core/same_url.h"
#include "core/text.h"
#include "core/url.h"
#include "virustotal/api/url_id.h"

namespace vtlookup {
namespace {

AboutV2 Sum(std::initializer_list<AboutV2> names) { return std::max(names); }

// Judges one name. `named`: the report has the name, and the name is of the
// indicator's kind. `is_it`: the name is the indicator.
AboutV2 AboutBy(bool named, bool is_it) {
  if (!named) return AboutV2::kUnsaid;
  return is_it ? AboutV2::kIt : AboutV2::kAnother;
}

// A hash of another kind (MD5, SHA-1, SHA-256) than `asked` cannot be compared
// with `asked`, so it says nothing.
AboutV2 WhichFile(const ReportV2& report, std::string_view asked) {
  const auto by = [asked](std::string_view name) {
    const absl::StatusOr<Indicator> hash = Indicator::Parse(Kind::kFile, name);
    return AboutBy(hash.ok() && hash->text().size() == asked.size(),
                   hash.ok() && hash->text() == asked);
  };
  const v1::FileReport& file = report.verdict->file();
  const std::string& scan_id = report.verdict->scan_id();
  const std::string_view scanned = Sha256OfScanId(scan_id);
  // The scan id holds the file's SHA-256, whichever kind of hash was asked.
  const bool other_scan =
      !scanned.empty() && !file.sha256().empty() &&
      !absl::EqualsIgnoreCase(ToAbsl(scanned), file.sha256());
  return Sum({by(report.resource), by(file.md5()), by(file.sha1()),
              by(file.sha256()), by(scanned), AboutBy(other_scan, false)});
}

// The hash in the scan id is compared only when the report has counts, because
// recorded answers about URLs that had just been queued have another hash.
AboutV2 WhichUrl(const ReportV2& report, std::string_view asked) {
  const std::string& url = report.verdict->url().url();
  const std::string_view scanned = Sha256OfScanId(report.verdict->scan_id());
  const bool can_name =
      report.resource == asked || CanonicalUrl(report.resource).ok();
  const bool other_scan = report.verdict->has_positives() && !url.empty() &&
                          !scanned.empty() && scanned != UrlIdOf(url);
  return Sum({AboutBy(can_name, IsSameUrl(asked, report.resource)),
              AboutBy(!url.empty(), IsSameUrl(asked, url)),
              AboutBy(other_scan, false)});
}

// The report must be about the URL of the asked scan. Its scan id may be a
// different one of the same URL, because VirusTotal sends the latest scan.
AboutV2 WhichScan(const ReportV2& report, const Indicator& asked) {
  const std::string_view url_id = Sha256OfScanId(asked.text());
  const auto echoed = Indicator::Parse(Kind::kUrlScan, report.resource);
  const std::string_view scanned = Sha256OfScanId(report.verdict->scan_id());
  const std::string& url = report.verdict->url().url();
  return Sum({AboutBy(echoed.ok(), echoed.ok() && *echoed == asked),
              AboutBy(!scanned.empty(), scanned == url_id),
              AboutBy(!url.empty(), UrlIdOf(url) == url_id)});
}

}  // namespace

AboutV2 WhatIsItAboutV2(const ReportV2& report, const Indicator& indicator) {
  switch (indicator.kind()) {
    case Kind::kFile:
      return WhichFile(report, indicator.text());
    case Kind::kUrl:
      return WhichUrl(report, indicator.text());
    case Kind::kUrlScan:
      return WhichScan(report, indicator);
    case Kind::kDomain:
    case Kind::kIp: {
      const auto named = Indicator::Parse(indicator.kind(), report.resource);
      return AboutBy(named.ok(), named.ok() && *named == indicator);
    }
  }
  return AboutV2::kUnsaid;
}

}  // namespace vtlookup
