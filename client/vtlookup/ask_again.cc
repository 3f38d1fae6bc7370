#include "vtlookup/ask_again.h"

#include "google/rpc/error_details.pb.h"

namespace vtlookup {

Again AskAgain(const v1::LookupResult& result) {
  if (!result.has_error()) return Again::kNo;
  for (const google::protobuf::Any& detail : result.error().details()) {
    google::rpc::ErrorInfo info;
    if (!detail.UnpackTo(&info)) continue;
    if (info.reason() == "SHUTTING_DOWN") return Again::kOnTheNextConnection;
    if (info.reason() == "TOO_MANY_WAITING") return Again::kLater;
  }
  return Again::kNo;
}

}  // namespace vtlookup
