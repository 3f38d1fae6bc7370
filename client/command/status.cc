#include "client/command/status.h"

#include <grpcpp/client_context.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "vtlookup/deadline.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

namespace health = grpc::health::v1;

DaemonStatus AskStatus(const std::shared_ptr<grpc::Channel>& channel,
                       const Arguments& arguments) {
  grpc::ClientContext context;
  context.set_deadline(DeadlineAfter(arguments.timeout));
  health::HealthCheckRequest request;
  request.set_service(v1::LookupService::service_full_name());
  health::HealthCheckResponse response;
  const grpc::Status status =
      health::Health::NewStub(channel)->Check(&context, request, &response);
  std::string state = "UNREACHABLE";
  if (status.ok()) {
    state = health::HealthCheckResponse::ServingStatus_Name(response.status());
  }
  DaemonStatus answer{
      .serving = response.status() == health::HealthCheckResponse::SERVING,
      .text = absl::StrCat(arguments.server, "\t", state)};
  if (arguments.json) {
    nlohmann::ordered_json json = {{"server", arguments.server},
                                   {"status", state}};
    if (!status.ok()) json["error"] = status.error_message();
    answer.text = json.dump();
  } else if (!status.ok()) {
    absl::StrAppend(&answer.text, "\t", status.error_message());
  }
  return answer;
}

}  // namespace vtlookup
