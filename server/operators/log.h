#ifndef VTLOOKUP_SERVER_OPERATORS_LOG_H_
#define VTLOOKUP_SERVER_OPERATORS_LOG_H_

#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Has spdlog's default logger write to standard error, one line a message, from
// this level on; protobuf's own messages among them. Once, before the first
// message.
void StartLog(const v1::LogConfig& config);

// From now on. Thread-safe.
void SetLogLevel(v1::LogLevel level);
v1::LogLevel CurrentLogLevel();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_LOG_H_
