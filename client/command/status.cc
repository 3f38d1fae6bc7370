#include "client/command/status.h"

#include <grpcpp/client_context.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/help_text.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "vtlookup/deadline.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

namespace health = grpc::health::v1;

void DeclareStatus(CLI::App& app, Arguments& arguments) {
  AddCommand(app, arguments, "status", "Show whether the daemon serves lookups",
             RunStatus)
      ->footer(Footer(
          "Exit status: 0 when it serves, 1 when it does not or cannot be "
          "reached.\n`vtlookup admin status` tells more.",
          {"vtlookup status --server 10.0.0.5:50051"}));
}

int RunStatus(const Session& session, const Arguments& arguments) {
  grpc::ClientContext context;
  context.set_deadline(DeadlineAfter(arguments.timeout));
  health::HealthCheckRequest request;
  request.set_service(v1::LookupService::service_full_name());
  health::HealthCheckResponse response;
  const grpc::Status status = health::Health::NewStub(session.channel)
                                  ->Check(&context, request, &response);
  std::string state = "UNREACHABLE";
  if (status.ok()) {
    state = health::HealthCheckResponse::ServingStatus_Name(response.status());
  }
  std::string text = absl::StrCat(arguments.server, "\t", state);
  if (arguments.json) {
    nlohmann::ordered_json json = {{"server", arguments.server},
                                   {"status", state}};
    if (!status.ok()) json["error"] = status.error_message();
    text = json.dump();
  } else if (!status.ok()) {
    absl::StrAppend(&text, "\t", status.error_message());
  }
  std::puts(text.c_str());
  return response.status() == health::HealthCheckResponse::SERVING
             ? kAllAnswered
             : kSomeFailed;
}

}  // namespace vtlookup
