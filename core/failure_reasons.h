#ifndef VTLOOKUP_CORE_FAILURE_REASONS_H_
#define VTLOOKUP_CORE_FAILURE_REASONS_H_

// All values of Failure::reason. Programs read them, so none is ever renamed.
// docs/clients.md says what each value means and what a program should do.
//
// For each quota there is also QUOTA_<NAME>_EXCEEDED, which QuotaUsedUp
// (virustotal/http/failures.h) makes from the name of the quota.
namespace vtlookup::reasons {

// Failures of VirusTotal, or of the way to it.
inline constexpr char kUnreachable[] = "VIRUSTOTAL_UNREACHABLE";
inline constexpr char kVirusTotalFailed[] = "VIRUSTOTAL_FAILED";
inline constexpr char kLeftAlone[] = "VIRUSTOTAL_LEFT_ALONE";
inline constexpr char kTooManyRequests[] = "VIRUSTOTAL_TOO_MANY_REQUESTS";
inline constexpr char kNotAvailableYet[] = "VIRUSTOTAL_NOT_AVAILABLE_YET";
inline constexpr char kApiKeyRefused[] = "API_KEY_REFUSED";
inline constexpr char kApiKeyNotAllowed[] = "API_KEY_NOT_ALLOWED";
inline constexpr char kMinuteQuotaExceeded[] = "QUOTA_MINUTE_EXCEEDED";

// Failures that the client has caused.
inline constexpr char kBadRequest[] = "BAD_REQUEST";
inline constexpr char kCredentialsMissing[] = "CREDENTIALS_MISSING";
inline constexpr char kCredentialsUnknown[] = "CREDENTIALS_UNKNOWN";
inline constexpr char kRoleMissing[] = "ROLE_MISSING";
inline constexpr char kClientRateLimited[] = "CLIENT_RATE_LIMITED";
inline constexpr char kClientShareUsedUp[] = "CLIENT_SHARE_USED_UP";

// Failures of the daemon itself.
inline constexpr char kNotCached[] = "NOT_CACHED";
inline constexpr char kTooManyWaiting[] = "TOO_MANY_WAITING";
inline constexpr char kRepliesNotRead[] = "REPLIES_NOT_READ";
inline constexpr char kReplyTooLarge[] = "REPLY_TOO_LARGE";
inline constexpr char kDeadlineExceeded[] = "DEADLINE_EXCEEDED";
inline constexpr char kShuttingDown[] = "SHUTTING_DOWN";

}  // namespace vtlookup::reasons

#endif  // VTLOOKUP_CORE_FAILURE_REASONS_H_
