#include "virustotal/v3/quota_sync.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/text.h"
#include "virustotal/http/url_encoding.h"
#include "virustotal/v3/error.h"
#include "virustotal/v3/overall_quotas.h"
#include "virustotal/v3/request.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kPeriod = absl::Hours(1);

std::string Describe(const Quota::Told& told) {
  std::string text;
  for (const WindowSpec& spec : kWindowSpecs) {
    const std::optional<Quota::Allowance>& allowance = told[spec.kind];
    if (!allowance.has_value()) continue;
    const bool first = text.empty();
    absl::StrAppend(&text, first ? " " : ", ", allowance->used, " of ",
                    allowance->allowed, first ? " requests" : "", " of the ",
                    spec.name, first ? " are used" : "");
  }
  return absl::StrCat("VirusTotal's quotas:", text);
}

}  // namespace

QuotaSync::QuotaSync(Options options, const Clock& clock, Loop& loop,
                     HttpClient& http, KeyRing& keys, KeyRing::Key& key)
    : options_(std::move(options)),
      clock_(clock),
      loop_(loop),
      http_(http),
      keys_(keys),
      key_(key) {}

void QuotaSync::Start() { Read(); }

void QuotaSync::Report(std::string_view what) const {
  if (options_.report) options_.report(what);
}

void QuotaSync::Read() {
  const Moment now = clock_.ReadMoment();
  // VirusTotal does not document whether this request counts against the quota,
  // so we count it.
  if (!keys_.TakeFrom(key_, Lane::kInteractive, now).ok()) {
    loop_.After(kPeriod, [this] { Read(); });
    return;
  }
  HttpRequest request =
      GetV3(key_.access.base_url, key_.access.api_key,
            absl::StrCat("users/", EncodePathSegment(options_.user),
                         "/overall_quotas"));
  const auto taken_at = std::make_shared<Moment>(now);
  request.may_send_again = [this, taken_at] {
    return MaySendAgain(taken_at.get());
  };
  http_.Start(std::move(request),
              [this, taken_at](const absl::StatusOr<HttpResponse>& response) {
                Settle(!FailureOf(response.status()).not_sent, *taken_at);
                OnAnswer(response);
              });
}

// The first attempt may have reached VirusTotal, so it stays counted, and the
// second attempt is counted as a request of its own.
bool QuotaSync::MaySendAgain(Moment* taken_at) {
  const Moment now = clock_.ReadMoment();
  if (!keys_.TakeFrom(key_, Lane::kInteractive, now).ok()) return false;
  keys_.Ended(key_, *taken_at, now);
  *taken_at = now;
  return true;
}

void QuotaSync::Settle(bool sent, const Moment& taken_at) {
  const Moment now = clock_.ReadMoment();
  if (sent) {
    keys_.Ended(key_, taken_at, now);
  } else {
    keys_.Refund(key_, taken_at, now);
  }
}

void QuotaSync::OnAnswer(const absl::StatusOr<HttpResponse>& response) {
  absl::Status failure = response.status();
  if (response.ok() && response->status == 200) {
    const absl::StatusOr<Quota::Told> told = ReadOverallQuotas(response->body);
    if (told.ok()) {
      keys_.Correct(key_, *told, clock_.ReadMoment());
      Report(Describe(*told));
    }
    failure = told.status();
  } else if (response.ok()) {
    const ErrorV3 error = ReadErrorV3(*response);
    if (error.kind == ErrorV3::Kind::kForbidden ||
        error.kind == ErrorV3::Kind::kNotFound) {
      Report(
          "VirusTotal does not show the quotas of the configured user "
          "(virustotal.user) to this API key; the configured quotas apply");
      return;
    }
    failure = error.status;
  }
  if (!failure.ok()) {
    Report(absl::StrCat("VirusTotal's quotas could not be read: ",
                        failure.message()));
  }
  loop_.After(kPeriod, [this] { Read(); });
}

}  // namespace vtlookup
