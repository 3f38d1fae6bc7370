#ifndef VTLOOKUP_CORE_FAILURE_REASONS_H_
#define VTLOOKUP_CORE_FAILURE_REASONS_H_

// The values of Failure::reason. Programs read them, so none is ever renamed.
// docs/clients.md lists them with their status codes.
//
// For each quota of a key there is a further value, QUOTA_<NAME>_EXCEEDED, for
// example QUOTA_DAY_EXCEEDED. QuotaUsedUp (virustotal/http/failures.h) makes it
// from the name of the quota. Only the one that our code compares with is
// below.
namespace vtlookup::reasons {

// Failures to get an answer from VirusTotal.

// No complete response came: no connection, a time-out, a cut body.
inline constexpr char kUnreachable[] = "VIRUSTOTAL_UNREACHABLE";
// VirusTotal has an outage, or its response makes no sense.
inline constexpr char kVirusTotalFailed[] = "VIRUSTOTAL_FAILED";
// The circuit breaker is open: VirusTotal has failed several times in a row, so
// the daemon makes no requests for a while.
inline constexpr char kLeftAlone[] = "VIRUSTOTAL_LEFT_ALONE";
// VirusTotal takes no more requests for a while, whatever the quota says.
inline constexpr char kTooManyRequests[] = "VIRUSTOTAL_TOO_MANY_REQUESTS";
// VirusTotal says that it will have an answer later.
inline constexpr char kNotAvailableYet[] = "VIRUSTOTAL_NOT_AVAILABLE_YET";
// VirusTotal does not accept the API key at all.
inline constexpr char kApiKeyRefused[] = "API_KEY_REFUSED";
// VirusTotal accepts the API key, but not for this request.
inline constexpr char kApiKeyNotAllowed[] = "API_KEY_NOT_ALLOWED";
// The API key's quota per minute is used up; or VirusTotal says that a quota is
// used up, and not which one, and requests are paused for a while.
inline constexpr char kMinuteQuotaExceeded[] = "QUOTA_MINUTE_EXCEEDED";

// Failures that the client has caused.

// A field of the request is invalid (Failure::field).
inline constexpr char kBadRequest[] = "BAD_REQUEST";
// The call has no token, and no certificate that auth.clients knows.
inline constexpr char kCredentialsMissing[] = "CREDENTIALS_MISSING";
// The call has a token, but no client in auth.clients matches it.
inline constexpr char kCredentialsUnknown[] = "CREDENTIALS_UNKNOWN";
// The client is known, but lacks the role for this call.
inline constexpr char kRoleMissing[] = "ROLE_MISSING";
// The client has made its lookups_per_minute.
inline constexpr char kClientRateLimited[] = "CLIENT_RATE_LIMITED";
// The client has caused its requests_per_day to VirusTotal.
inline constexpr char kClientShareUsedUp[] = "CLIENT_SHARE_USED_UP";

// Failures of the daemon itself.

// The lookup may use the cache only, and the cache has no answer.
inline constexpr char kNotCached[] = "NOT_CACHED";
// Too many lookups wait, or those before this one would take until after its
// deadline.
inline constexpr char kTooManyWaiting[] = "TOO_MANY_WAITING";
// Clients leave too many bytes of replies unread (limits.max_unsent).
inline constexpr char kRepliesNotRead[] = "REPLIES_NOT_READ";
// The answers before this one fill the reply of the batch (limits.max_reply).
inline constexpr char kReplyTooLarge[] = "REPLY_TOO_LARGE";
// This lookup of a batch has no answer before the deadline.
inline constexpr char kDeadlineExceeded[] = "DEADLINE_EXCEEDED";
// The daemon is being stopped.
inline constexpr char kShuttingDown[] = "SHUTTING_DOWN";

}  // namespace vtlookup::reasons

#endif  // VTLOOKUP_CORE_FAILURE_REASONS_H_
