#include "server/gateway/gateway.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/address.h"
#include "core/failure.h"
#include "core/failure_reasons.h"
#include "core/text.h"
#include "server/gateway/json.h"
#include "server/gateway/lookup_replies.h"
#include "server/gateway/openapi.h"
#include "server/gateway/parameters.h"
#include "server/gateway/query.h"
#include "server/gateway/replies.h"
#include "server/proto/indicator_fields.h"
#include "server/transport/grpc_status.h"
#include "vtlookup/row.h"

namespace vtlookup {
namespace {

constexpr int kWorkers = 2;
constexpr uint32_t kMaxHeaders = 16U << 10;
// A larger body, or an answer about more values, is left to a worker.
constexpr size_t kSmallBody = 16U << 10;
constexpr size_t kFewValues = 16;
constexpr std::string_view kFieldsPath = "/v1/fields/";
constexpr std::string_view kOpenApiPath = "/openapi.json";

// A request that only POST takes.
absl::Status CheckPost(const GatewayRequest& request) {
  if (request.content_type == "application/json" ||
      request.content_type.empty()) {
    return absl::OkStatus();
  }
  return BadField("Content-Type", "must be application/json");
}

// Returns the name of the route in metrics.
std::string_view RouteOf(std::string_view path) {
  if (path == "/v1/lookup") return "lookup";
  if (path == "/v1/lookup:batch") return "batch";
  if (path == "/v1/urls:submit") return "submit";
  if (path == kOpenApiPath) return "openapi";
  if (path.starts_with(kFieldsPath)) return "fields";
  if (path.starts_with(V2Paths::kPrefix)) return "v2";
  return path.starts_with(V3Paths::kPrefix) ? "v3" : "other";
}

GatewayReply NoSuchPath() {
  return ErrorReply(absl::NotFoundError(
      "there is no such path; there are POST /v1/lookup, /v1/lookup:batch, "
      "/v1/urls:submit, /v1/fields/{lookup} and /v1/rows/{lookup}, which GET "
      "/openapi.json describes, and of VirusTotal's own paths reports and "
      "submissions below /vtapi/v2/ and /api/v3/; nothing is passed on to "
      "VirusTotal"));
}

// The description needs no token, because it is the same for everybody.
GatewayReply Describe(const GatewayRequest& request) {
  if (request.method != "GET") return WrongMethod("GET");
  return {.body = std::string(OpenApi())};
}

// Reads the token and the deadline, which may be in headers or in the query.
absl::Status ReadQuery(absl::Time now, GatewayRequest* request) {
  const absl::StatusOr<Parameters> query =
      Parameters::Parse(request->query, "query");
  if (!query.ok()) return BadField("query", ToStd(query.status().message()));
  return ReadOrigin(*query, now, request);
}

absl::Status TooMany(size_t size, size_t most) {
  return BadField("indicators",
                  absl::StrCat("the batch has ", size,
                               " indicators, and limits.max_batch is ", most));
}

Lookups::Value ValueOf(const v1::Indicator& indicator) {
  const RawIndicator raw = RawIndicatorOf(indicator);
  return {.kind = raw.kind, .text = std::string(raw.text)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(
    const Options& options, Lookups::Parts lookups, RawReports& raws,
    const CallRecord::Shared& calls) {
  std::unique_ptr<Gateway> gateway(new Gateway(options, lookups, raws, calls));
  Gateway* const self = gateway.get();
  absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start(
      {.address = options.address,
       .tls = options.tls,
       .max_connections = options.max_connections,
       .max_headers = kMaxHeaders,
       .max_body = options.max_request,
       .max_unsent = options.max_unsent,
       .is_ours =
           [self](const std::string& host) { return self->IsOurs(host); },
       .handler =
           [self](Request request, SendGatewayReply reply) {
             self->Handle(std::move(request), std::move(reply));
           },
       .is_streamed =
           [](std::string_view path) { return path.starts_with(Rows::kPath); },
       .stream_handler =
           [self](Request request, std::shared_ptr<HttpStream> stream) {
             return self->OpenRows(std::move(request), std::move(stream));
           }});
  if (!server.ok()) return server.status();
  gateway->server_ = *std::move(server);
  return gateway;
}

Gateway::Gateway(const Options& options, Lookups::Parts lookups,
                 RawReports& raws, const CallRecord::Shared& calls)
    : options_(options),
      local_(IsLocalAddress(options.address)),
      lookups_(lookups),
      calls_(calls),
      clock_(lookups.clock),
      v2_({.lookups = lookups_,
           .calls = calls_,
           .workers = workers_,
           .clock = lookups.clock,
           .max_batch = options.max_batch,
           .max_reply = options.max_reply}),
      v3_({.lookups = lookups_,
           .raws = raws,
           .loop = lookups.loop,
           .calls = calls_,
           .clock = lookups.clock,
           .unavailable = options.no_v3}),
      rows_(lookups, calls_, workers_, routes_),
      workers_(kWorkers) {}

// The workers' tasks send answers to the server, and the server's thread gives
// tasks to the workers. So its thread ends first, and the server itself last.
Gateway::~Gateway() {
  if (server_ != nullptr) server_->Stop();
  workers_.Stop();
}

// A web page could make a browser call this server under another name; without
// tokens, which loopback does not need, that would be a call of the user.
bool Gateway::IsOurs(const std::string& host) const {
  for (const std::string& name : options_.hosts) {
    if (absl::EqualsIgnoreCase(host, name)) return true;
  }
  if (IsUnixAddress(options_.address)) return true;
  return local_ ? IsLoopbackHost(absl::AsciiStrToLower(host))
                : options_.hosts.empty();
}

void Gateway::Handle(Request request, SendGatewayReply reply) {
  if (request->body.size() <= kSmallBody) {
    return Route(std::move(request), std::move(reply));
  }
  workers_.Run(
      [this, request = std::move(request), reply = std::move(reply)]() mutable {
        Route(std::move(request), std::move(reply));
      });
}

// Counts the answer of a route when it is sent.
SendGatewayReply Gateway::Counted(std::string_view route,
                                  SendGatewayReply reply) {
  return [this, route, reply = std::move(reply)](GatewayReply sent) mutable {
    routes_.Add(route, sent.status);
    std::move(reply)(std::move(sent));
  };
}

void Gateway::Route(Request request, SendGatewayReply reply) {
  const std::string_view path = request->path;
  reply = Counted(RouteOf(path), std::move(reply));
  if (path == kOpenApiPath) return std::move(reply)(Describe(*request));
  if (path.starts_with(V2Paths::kPrefix)) {
    return v2_.Handle(request, std::move(reply));
  }
  if (path.starts_with(V3Paths::kPrefix)) {
    return v3_.Handle(request, std::move(reply));
  }
  RouteV1(std::move(request), std::move(reply));
}

void Gateway::RouteV1(Request request, SendGatewayReply reply) {
  const std::string_view path = request->path;
  void (Gateway::*handle)(Request, SendGatewayReply) = nullptr;
  if (path == "/v1/lookup") handle = &Gateway::LookUpOne;
  if (path == "/v1/lookup:batch") handle = &Gateway::LookUpMany;
  if (path == "/v1/urls:submit") handle = &Gateway::SubmitOne;
  const bool fields = path.starts_with(kFieldsPath);
  if (handle == nullptr && !fields) return std::move(reply)(NoSuchPath());
  if (request->method != "POST") return std::move(reply)(WrongMethod("POST"));
  if (absl::Status fault = CheckPost(*request); !fault.ok()) {
    return std::move(reply)(ErrorReply(fault));
  }
  if (absl::Status fault = ReadQuery(clock_.Now(), request.get());
      !fault.ok()) {
    return std::move(reply)(ErrorReply(fault));
  }
  if (handle != nullptr) {
    return (this->*handle)(std::move(request), std::move(reply));
  }
  const std::string name(path.substr(kFieldsPath.size()));
  Fields(name, std::move(request), std::move(reply));
}

std::shared_ptr<HttpStreamUser> Gateway::OpenRows(
    Request request, std::shared_ptr<HttpStream> stream) {
  std::optional<GatewayReply> refusal;
  if (request->method != "POST") {
    refusal = WrongMethod("POST");
  } else if (const absl::Status fault = ReadQuery(clock_.Now(), request.get());
             !fault.ok()) {
    refusal = ErrorReply(fault);
  }
  if (!refusal.has_value()) {
    return rows_.Open(std::move(request), std::move(stream));
  }
  routes_.Add("rows", refusal->status);
  stream->Reply(*std::move(refusal));
  return nullptr;
}

namespace {

// Ends a call that fails before it has looked anything up.
void FailNow(const CallRecord& call, const absl::Status& failure,
             SendGatewayReply reply) {
  call.Failed(failure);
  call.Close(failure);
  std::move(reply)(ErrorReply(failure));
}

}  // namespace

void Gateway::LookUpOne(Request request, SendGatewayReply reply) {
  CallRecord call(calls_, RpcMethod::kLookup, request->origin);
  v1::LookupRequest message;
  const absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_LOOKUP, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = ReadMessage(request->body, &message);
            !read.ok()) {
          return read;
        }
        return CallRecord::Demand{message.options(), Lane::kInteractive, 1};
      });
  if (!want.ok()) return FailNow(call, want.status(), std::move(reply));
  const v1::View view = message.options().view();
  lookups_.LookUp(call, {ValueOf(message.indicator())}, "", *want,
                  [this, request, call, view,
                   reply = std::move(reply)](Lookups::Answers answers) mutable {
                    const absl::StatusOr<Answer>& answer = answers.front();
                    call.Close(answer.status());
                    if (!answer.ok()) {
                      return std::move(reply)(ErrorReply(answer.status()));
                    }
                    std::move(reply)(LookupReply(*answer, view, clock_.Now()));
                  });
}

void Gateway::LookUpMany(Request request, SendGatewayReply reply) {
  CallRecord call(calls_, RpcMethod::kBatchLookup, request->origin);
  v1::BatchLookupRequest message;
  const absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_LOOKUP, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = ReadMessage(request->body, &message);
            !read.ok()) {
          return read;
        }
        const auto size = static_cast<size_t>(message.indicators_size());
        if (size > options_.max_batch) return TooMany(size, options_.max_batch);
        return CallRecord::Demand{message.options(), Lane::kBulk, size};
      });
  if (!want.ok()) return FailNow(call, want.status(), std::move(reply));
  std::vector<Lookups::Value> values;
  for (const v1::Indicator& each : message.indicators()) {
    values.push_back(ValueOf(each));
  }
  const v1::View view = message.options().view();
  lookups_.LookUp(
      call, values, "indicators", *want,
      [this, request, call, view,
       reply = std::move(reply)](Lookups::Answers answers) mutable {
        call.Close(absl::OkStatus());
        workers_.RunAtOnce([this, request, view, reply = std::move(reply),
                            answers = std::move(answers)]() mutable {
          std::move(reply)(BatchReply(answers, view, options_.max_reply));
        });
      });
}

void Gateway::SubmitOne(Request request, SendGatewayReply reply) {
  CallRecord call(calls_, RpcMethod::kSubmitUrl, request->origin);
  v1::SubmitUrlRequest message;
  const absl::StatusOr<Want> want =
      call.Begin(v1::ROLE_SUBMIT, [&]() -> absl::StatusOr<CallRecord::Demand> {
        if (absl::Status read = ReadMessage(request->body, &message);
            !read.ok()) {
          return read;
        }
        if (message.url().empty()) return BadField("url", "must be set");
        return CallRecord::Demand{v1::LookupOptions::default_instance(),
                                  Lane::kInteractive, 1};
      });
  if (!want.ok()) return FailNow(call, want.status(), std::move(reply));
  lookups_.Submit(call, {message.url()},
                  [this, request, call,
                   reply = std::move(reply)](Lookups::Answers answers) mutable {
                    const absl::StatusOr<Answer>& answer = answers.front();
                    call.Close(answer.status());
                    if (!answer.ok()) {
                      return std::move(reply)(ErrorReply(answer.status()));
                    }
                    std::move(reply)(SubmitReply(*answer, clock_.Now()));
                  });
}

void Gateway::Fields(std::string_view name, Request request,
                     SendGatewayReply reply) {
  const absl::StatusOr<v1::DnifLookup> lookup = LookupNamed(name);
  if (!lookup.ok()) return std::move(reply)(ErrorReply(lookup.status()));
  const bool submit = *lookup == v1::DNIF_LOOKUP_POST_SCAN_URL;
  CallRecord call(calls_,
                  submit ? RpcMethod::kSubmitUrl : RpcMethod::kBatchLookup,
                  request->origin);
  std::vector<std::string> texts;
  const absl::StatusOr<Want> want =
      call.Begin(submit ? v1::ROLE_SUBMIT : v1::ROLE_LOOKUP,
                 [&]() -> absl::StatusOr<CallRecord::Demand> {
                   absl::StatusOr<std::vector<std::string>> read =
                       ReadValues(request->body, options_.max_batch);
                   if (!read.ok()) return read.status();
                   texts = *std::move(read);
                   return CallRecord::Demand{
                       v1::LookupOptions::default_instance(),
                       submit ? Lane::kInteractive : Lane::kBulk, texts.size()};
                 });
  if (!want.ok()) return FailNow(call, want.status(), std::move(reply));
  std::vector<Lookups::Value> values;
  values.reserve(texts.size());
  if (!submit) {
    for (const std::string& text : texts) {
      const absl::StatusOr<v1::Indicator> indicator =
          IndicatorFor(*lookup, text);
      values.push_back(indicator.ok() ? ValueOf(*indicator)
                                      : Lookups::Value{Kind::kUrl, ""});
    }
  }
  const auto kept =
      std::make_shared<const std::vector<std::string>>(std::move(texts));
  Lookups::Done done =
      [this, request, call, kept, lookup = *lookup,
       reply = std::move(reply)](Lookups::Answers answers) mutable {
        call.Close(absl::OkStatus());
        auto write = [request, kept, lookup, most = options_.max_reply,
                      reply = std::move(reply),
                      answers = std::move(answers)]() mutable {
          std::move(reply)(FieldsReply(lookup, *kept, answers, most));
        };
        if (kept->size() <= kFewValues) return write();
        workers_.RunAtOnce(std::move(write));
      };
  if (submit) return lookups_.Submit(call, *kept, std::move(done));
  lookups_.LookUp(call, values, "values", *want, std::move(done));
}

}  // namespace vtlookup
