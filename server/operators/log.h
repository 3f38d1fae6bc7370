#ifndef VTLOOKUP_SERVER_OPERATORS_LOG_H_
#define VTLOOKUP_SERVER_OPERATORS_LOG_H_

#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Makes spdlog's default logger write to standard error, one line for each
// message from the configured level on. It receives the messages of protobuf,
// too. Call it once, before the first message.
void StartLog(const v1::LogConfig& config);

// Changes the level at once. Thread-safe, as is CurrentLogLevel.
void SetLogLevel(v1::LogLevel level);
v1::LogLevel CurrentLogLevel();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_LOG_H_
