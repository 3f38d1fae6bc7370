#include "virustotal/v3/messages.h"

namespace vtlookup {

std::string_view FoundMessageV3(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "Scan finished, information embedded";
    case Kind::kDomain:
      return "Domain found in dataset";
    case Kind::kIp:
      return "IP address in dataset";
    default:
      return "Scan finished, scan information embedded in this object";
  }
}

std::string_view MissingMessageV3(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "The requested resource is not among the finished, queued or "
             "pending scans";
    case Kind::kDomain:
      return "Domain not found";
    case Kind::kIp:
      return "IP address not found in dataset";
    default:
      return "Resource does not exist in the dataset";
  }
}

std::string_view InvalidMessageV3(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "Invalid resource, check what you are submitting";
    case Kind::kDomain:
      return "Invalid domain";
    case Kind::kIp:
      return "Invalid IP address";
    default:
      return "Invalid URL, the scan request was not queued";
  }
}

}  // namespace vtlookup
