#include "client/command/administrator.h"

#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/command/admin_text.h"
#include "client/command/arguments.h"
#include "client/command/output.h"
#include "client/command/session.h"
#include "client/command/units.h"
#include "vtlookup/deadline.h"
#include "vtlookup/v1/admin.grpc.pb.h"

namespace vtlookup {
namespace {

using Action = AdminOptions::Action;

constexpr int kPage = 1000;

absl::Status ToAbslStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

v1::ResumeKeyRequest ResumeOf(const std::string& name) {
  v1::ResumeKeyRequest request;
  request.set_name(name);
  return request;
}

// Makes the calls of one action, one after the other, with one stub.
class Administrator {
 public:
  Administrator(const Session& session, const Arguments& arguments)
      : stub_(v1::AdminService::NewStub(session.channel)),
        token_(session.token),
        arguments_(arguments) {}

  absl::Status Run() {
    const AdminOptions& admin = arguments_.admin;
    switch (admin.action) {
      case Action::kStatus:
        return Ask(&Stub::GetStatus, v1::GetStatusRequest());
      case Action::kQuota:
        return admin.resume.empty()
                   ? Ask(&Stub::GetQuota, v1::GetQuotaRequest())
                   : Ask(&Stub::ResumeKey, ResumeOf(admin.resume));
      case Action::kReload:
        return Ask(&Stub::ReloadConfig, v1::ReloadConfigRequest());
      case Action::kEntries:
        return List();
      case Action::kInvalidate:
        return Invalidate();
      case Action::kRefresh: {
        v1::RefreshEntriesRequest request;
        *request.mutable_filter() = admin.filter;
        request.set_dry_run(admin.dry_run);
        request.set_limit(admin.limit);
        return Ask(&Stub::RefreshEntries, request);
      }
      case Action::kLogLevel: {
        v1::SetLogLevelRequest request;
        request.set_level(admin.level);
        return Ask(&Stub::SetLogLevel, request);
      }
      case Action::kExport:
        return Export();
      case Action::kImport:
        return Import();
    }
    return absl::OkStatus();
  }

 private:
  using Stub = v1::AdminService::Stub;

  void Authenticate(grpc::ClientContext* context) const {
    if (token_.empty()) return;
    context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
  }

  // People get text, and are told which daemon has answered; programs get a
  // line of JSON.
  template <typename Response>
  void Print(const Response& response) const {
    if (arguments_.json) {
      std::puts(ToJson(response, JsonShape::kLine).c_str());
      return;
    }
    std::printf("daemon     %s\n%s", arguments_.server.c_str(),
                TextOf(response, absl::Now()).c_str());
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (Stub::*rpc)(grpc::ClientContext*,
                                              const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    Authenticate(&context);
    context.set_deadline(DeadlineAfter(arguments_.timeout));
    return ToAbslStatus((stub_.get()->*rpc)(&context, request, response));
  }

  template <typename Request, typename Response>
  absl::Status Ask(grpc::Status (Stub::*rpc)(grpc::ClientContext*,
                                             const Request&, Response*),
                   const Request& request) {
    Response response;
    absl::Status status = Call(rpc, request, &response);
    if (status.ok()) Print(response);
    return status;
  }

  absl::Status Invalidate() {
    const AdminOptions& admin = arguments_.admin;
    v1::InvalidateEntriesRequest request;
    *request.mutable_filter() = admin.filter;
    request.set_hard(admin.hard);
    request.set_all(admin.all);
    if (admin.hard && !admin.dry_run && !admin.yes && isatty(STDIN_FILENO)) {
      request.set_dry_run(true);
      v1::InvalidateEntriesResponse counted;
      absl::Status status = Call(&Stub::InvalidateEntries, request, &counted);
      if (!status.ok()) return status;
      if (!Confirmed(counted.matched())) {
        return absl::CancelledError("nothing was deleted");
      }
    }
    request.set_dry_run(admin.dry_run);
    return Ask(&Stub::InvalidateEntries, request);
  }

  // Asks the person at the terminal.
  bool Confirmed(uint64_t entries) const {
    std::fprintf(
        stderr,
        "Delete %s entries of the daemon on %s? The verdicts are lost, "
        "and looking them up again costs quota. [y/N] ",
        Grouped(entries).c_str(), arguments_.server.c_str());
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
  }

  void PrintEntry(const v1::CacheEntry& entry) const {
    if (arguments_.json) {
      std::puts(ToJson(entry, JsonShape::kLine).c_str());
      return;
    }
    v1::LookupResult result;
    v1::LookupResponse& response = *result.mutable_response();
    *response.mutable_verdict() = entry.verdict();
    const TextLine line = TextLineOf(entry.indicator(), result);
    const auto time = [](const google::protobuf::Timestamp& at) {
      return absl::FormatTime("%Y-%m-%d %H:%M:%SZ",
                              absl::FromUnixSeconds(at.seconds()),
                              absl::UTCTimeZone());
    };
    std::printf("%s\t%s\tfetched %s\tfresh until %s\n", line.asked.c_str(),
                line.finding.c_str(), time(entry.fetch_time()).c_str(),
                time(entry.expire_time()).c_str());
  }

  absl::Status List() {
    const uint32_t limit =
        arguments_.admin.limit == 0 ? UINT32_MAX : arguments_.admin.limit;
    v1::ListEntriesRequest request;
    *request.mutable_filter() = arguments_.admin.filter;
    request.set_full(arguments_.admin.full);
    uint32_t printed = 0;
    do {
      request.set_page_size(
          static_cast<int>(std::min<uint32_t>(kPage, limit - printed)));
      v1::ListEntriesResponse response;
      absl::Status status = Call(&Stub::ListEntries, request, &response);
      if (!status.ok()) return status;
      for (const v1::CacheEntry& entry : response.entries()) PrintEntry(entry);
      printed += static_cast<uint32_t>(response.entries_size());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty() && printed < limit);
    return absl::OkStatus();
  }

  // Has no deadline, because an export takes as long as it needs.
  absl::Status Export() {
    grpc::ClientContext context;
    Authenticate(&context);
    v1::ExportEntriesRequest request;
    *request.mutable_filter() = arguments_.admin.filter;
    request.set_without_raw(arguments_.admin.no_raw);
    const auto reader = stub_->ExportEntries(&context, request);
    v1::ExportEntriesResponse response;
    bool written = true;
    while (written && reader->Read(&response)) {
      written =
          std::puts(ToJson(response.entry(), JsonShape::kLine).c_str()) >= 0;
    }
    if (!written) context.TryCancel();
    absl::Status status = ToAbslStatus(reader->Finish());
    written = std::fflush(stdout) == 0 && written;
    return written ? status
                   : absl::DataLossError("standard output cannot be written");
  }

  // A line that is no entry ends the import, because an export never writes
  // such a line. The failure names the number of the line.
  absl::Status Import() {
    grpc::ClientContext context;
    Authenticate(&context);
    v1::ImportEntriesResponse response;
    const auto writer = stub_->ImportEntries(&context, &response);
    absl::Status mistake = absl::OkStatus();
    std::string line;
    for (uint64_t number = 1; mistake.ok() && std::getline(std::cin, line);
         ++number) {
      v1::ImportEntriesRequest request;
      if (line.empty()) continue;
      if (!google::protobuf::util::JsonStringToMessage(line,
                                                       request.mutable_entry())
               .ok()) {
        mistake = absl::InvalidArgumentError(
            absl::StrCat("line ", number, " is not an exported entry"));
      } else if (!writer->Write(request)) {
        break;  // Finish returns the reason
      }
    }
    writer->WritesDone();
    absl::Status status = ToAbslStatus(writer->Finish());
    if (!status.ok()) return status;
    Print(response);
    if (mistake.ok() && response.invalid() > 0) {
      mistake = absl::InvalidArgumentError(
          absl::StrCat(response.invalid(),
                       " of the entries are invalid and were not imported"));
    }
    return mistake;
  }

  const std::unique_ptr<Stub> stub_;
  const std::string token_;
  const Arguments& arguments_;
};

}  // namespace

absl::Status Administer(const Session& session, const Arguments& arguments) {
  return Administrator(session, arguments).Run();
}

}  // namespace vtlookup
