#ifndef VTLOOKUP_SERVER_GATEWAY_HEADER_VALUES_H_
#define VTLOOKUP_SERVER_GATEWAY_HEADER_VALUES_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace vtlookup {

// What the values of headers say. The functions are thread-safe, and take bytes
// of strangers.

// Returns the host of a `Host` header, without port and brackets.
std::string HostIn(std::string_view header);

// Returns the token of an `Authorization` header; empty when it is not of the
// Bearer scheme.
std::string TokenIn(const std::string& header);

// Returns the type of a `Content-Type` header, without parameters, in lower
// case.
std::string TypeIn(const std::string& header);

// InvalidArgument when other servers may disagree about where the request ends
// or for whom it is: a Transfer-Encoding other than chunked, or more than one
// Host header.
absl::Status CheckFraming(const std::string& transfer_encoding, size_t hosts);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_HEADER_VALUES_H_
