#ifndef VTLOOKUP_SERVER_CONFIG_VALUES_H_
#define VTLOOKUP_SERVER_CONFIG_VALUES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vtlookup {

// Durations and sizes as they are written in the configuration. An error is
// InvalidArgument and says what is expected. Thread-safe.

// `500ms`, `30s`, `15m`, `24h`, `7d`, or a sum of these: `1d12h`. Not negative.
absl::StatusOr<absl::Duration> ParseConfigDuration(std::string_view text);
std::string FormatConfigDuration(absl::Duration duration);

// Bytes: `1000`, `64KiB`, `256MiB`, `8GiB`, `1TiB`.
absl::StatusOr<uint64_t> ParseConfigSize(std::string_view text);
std::string FormatConfigSize(uint64_t bytes);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_VALUES_H_
