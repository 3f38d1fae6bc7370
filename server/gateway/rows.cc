#include "server/gateway/rows.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/text.h"
#include "server/gateway/json.h"
#include "server/gateway/query.h"
#include "server/gateway/replies.h"
#include "server/lookup/traffic.h"
#include "server/proto/times.h"
#include "server/transport/grpc_status.h"
#include "vtlookup/row.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {
namespace {

constexpr char kJsonLines[] = "application/x-ndjson";
constexpr char kJson[] = "application/json";
constexpr char kCsv[] = "text/csv";
// Rows wait for their turn in the quota as those of `vtlookup enrich` do,
// unless the request says how long. limits.max_wait counts, too.
constexpr absl::Duration kRowTimeout = absl::Hours(1);
// The longest timeout; a longer one counts as this.
constexpr absl::Duration kLongest = absl::Hours(24);

bool IsKnown(std::string_view content_type) {
  return content_type == kJsonLines || content_type == kJson ||
         content_type == kCsv;
}

std::unique_ptr<RowFormat> FormatOf(std::string_view content_type,
                                    RowLookup lookup,
                                    std::optional<char> delimiter) {
  std::vector<RowLookup> lookups;
  lookups.push_back(std::move(lookup));
  if (content_type == kCsv) {
    return CsvRows(std::move(lookups), false, delimiter,
                   {.no_column = "the header has no column ",
                    .wrong_delimiter =
                        ". If the delimiter is not a comma, add &delimiter=; "
                        "(or tab) to the URL"});
  }
  return content_type == kJson ? JsonArrayRows(std::move(lookups))
                               : JsonRows(std::move(lookups));
}

absl::StatusOr<RowLookup> RowLookupOf(v1::DnifLookup lookup,
                                      std::string_view field) {
  const std::vector<std::string>& names = RowFieldNames(lookup);
  RowLookup row{.field = std::string(field),
                .own = {.replaced = names, .added = names}};
  if (field.empty()) {
    return BadField("field",
                    "must name the field of the rows that has the value, such "
                    "as ?field=$Url");
  }
  if (row.own.Replaces(field)) {
    return BadField("field",
                    absl::StrCat("the lookup adds the field ", row.field,
                                 " itself and would replace the "
                                 "value; rename the field of the "
                                 "rows"));
  }
  return row;
}

absl::StatusOr<std::optional<char>> DelimiterOf(const Parameters& query) {
  const auto text = query.Get("delimiter");
  if (!text.has_value()) return std::nullopt;
  if (*text == "tab") return '\t';
  if (text->size() != 1 || std::string_view("\"\r\n").find(text->front()) !=
                               std::string_view::npos) {
    return BadField("delimiter",
                    "must be the word tab, or one ASCII character other than a "
                    "quote or a line break");
  }
  return text->front();
}

// Reads the parameters of a request.
absl::StatusOr<RowsCall::Job> JobOf(const GatewayRequest& request,
                                    v1::DnifLookup lookup) {
  const absl::StatusOr<Parameters> query =
      Parameters::Parse(request.query, "query");
  if (!query.ok()) return BadField("query", ToStd(query.status().message()));
  absl::StatusOr<RowLookup> row =
      RowLookupOf(lookup, query->Get("field").value_or(""));
  if (!row.ok()) return row.status();
  const absl::StatusOr<std::optional<char>> delimiter = DelimiterOf(*query);
  if (!delimiter.ok()) return delimiter.status();
  RowsCall::Job job{
      .lookup = lookup,
      .format = FormatOf(request.content_type, *std::move(row), *delimiter),
      .content_type = request.content_type,
      .options = {}};
  absl::Duration timeout = kRowTimeout;
  if (const auto text = query->Get("timeout")) {
    // The caller has checked it.
    absl::ParseDuration(ToAbsl(*text), &timeout);
  }
  SetDuration(std::min(timeout, kLongest), job.options.mutable_timeout());
  return job;
}

}  // namespace

Rows::Rows(Lookups::Parts lookups, const CallRecord::Shared& calls,
           GatewayWorkers& workers, RouteCounts& routes)
    : calls_(calls),
      routes_(routes),
      shared_{.lookups = RowLookups(lookups),
              .workers = workers,
              .count = [this](int status) { routes_.Add("rows", status); }} {}

std::shared_ptr<HttpStreamUser> Rows::Open(
    std::shared_ptr<GatewayRequest> request,
    std::shared_ptr<HttpStream> stream) {
  const absl::StatusOr<v1::DnifLookup> lookup =
      LookupNamed(std::string_view(request->path).substr(kPath.size()));
  if (!lookup.ok()) return Refuse(ErrorReply(lookup.status()), *stream);
  if (!IsKnown(request->content_type)) {
    return Refuse(
        ErrorReply(415, BadField("Content-Type",
                                 absl::StrCat("must be ", kJsonLines, ", ",
                                              kJson, " or ", kCsv))),
        *stream);
  }
  absl::StatusOr<RowsCall::Job> job = JobOf(*request, *lookup);
  if (!job.ok()) return Refuse(ErrorReply(job.status()), *stream);
  // `timeout` is for each row, not for all of them.
  request->origin.deadline = absl::InfiniteFuture();
  const bool submit = *lookup == v1::DNIF_LOOKUP_POST_SCAN_URL;
  CallRecord record(calls_,
                    submit ? RpcMethod::kSubmitUrl : RpcMethod::kStreamLookup,
                    request->origin);
  if (absl::Status admitted =
          record.Admit(submit ? v1::ROLE_SUBMIT : v1::ROLE_LOOKUP);
      !admitted.ok()) {
    record.Failed(admitted);
    record.Close(admitted);
    return Refuse(ErrorReply(admitted), *stream);
  }
  auto call = std::make_shared<RowsCall>(
      shared_, *std::move(job), std::move(request), record, std::move(stream));
  call->Start();
  Add(call);
  return call;
}

std::shared_ptr<HttpStreamUser> Rows::Refuse(GatewayReply reply,
                                             HttpStream& stream) {
  routes_.Add("rows", reply.status);
  stream.Reply(std::move(reply));
  return nullptr;
}

void Rows::Add(const std::shared_ptr<RowsCall>& call) {
  MutexLock lock(mu_);
  open_.erase(std::remove_if(open_.begin(), open_.end(),
                             [](const auto& each) { return each.expired(); }),
              open_.end());
  open_.push_back(call);
  if (leaving_) call->Leave();
}

void Rows::Leave() {
  std::vector<std::weak_ptr<RowsCall>> open;
  {
    MutexLock lock(mu_);
    leaving_ = true;
    open = open_;
  }
  for (const std::weak_ptr<RowsCall>& each : open) {
    if (const auto call = each.lock()) call->Leave();
  }
}

}  // namespace vtlookup
