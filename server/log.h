#ifndef VTLOOKUP_SERVER_LOG_H_
#define VTLOOKUP_SERVER_LOG_H_

#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Sends spdlog's default logger to standard error, in UTC. Once, before the
// first thread. Nothing that is logged holds an indicator or a secret.
void StartLog(v1::LogLevel level);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOG_H_
