#include "server/operators/admin/admin_service.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/host.h"
#include "core/secret.h"
#include "server/clients/call_context.h"
#include "server/operators/log.h"
#include "server/operators/run_on_loop.h"
#include "server/proto/indicator_fields.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {
namespace {

constexpr uint32_t kMostRefreshed = 1000;

constexpr size_t kMostWords = 1000;

// Cuts the filter for the audit log: URLs are shortened, and a text that is no
// indicator becomes "...", because it could be anything.
void Redact(v1::EntryFilter* filter) {
  for (v1::Indicator& each : *filter->mutable_indicators()) {
    const RawIndicator text = RawIndicatorOf(each);
    if (text.text.empty()) continue;
    const auto indicator = Indicator::Parse(text.kind, text.text);
    SetIndicator(text.kind, indicator.ok() ? ShownIndicator(*indicator) : "...",
                 &each);
  }
  if (!filter->domain().empty() && !CanonicalHostName(filter->domain()).ok()) {
    filter->set_domain("...");
  }
}

// Returns a function that describes the request on one line.
template <typename Request>
std::function<std::string()> WordsOf(const Request& request) {
  return [&request] {
    Request shown;
    shown.CopyFrom(request);
    if constexpr (requires { shown.mutable_filter(); }) {
      if (shown.has_filter()) Redact(shown.mutable_filter());
    }
    // A page token contains the key of an entry.
    if constexpr (requires { shown.page_token(); }) shown.clear_page_token();
    return shown.ShortDebugString().substr(0, kMostWords);
  };
}

// Outcomes of many lookups, collected on the loop for one waiting thread.
class Outcomes {
 public:
  explicit Outcomes(size_t expected) : left_(expected) {}

  void Add(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mu_);
    --left_;
    ++(status.ok() ? done_ : failed_);
    if (!status.ok() && failure_.empty())
      failure_ = std::string(status.message());
    changed_.notify_all();
  }

  // Returns false when some outcomes are missing at the deadline.
  bool WaitUntil(std::chrono::system_clock::time_point deadline) {
    std::unique_lock<std::mutex> lock(mu_);
    return changed_.wait_until(lock, deadline, [this] { return left_ == 0; });
  }

  void Put(v1::RefreshEntriesResponse* response) {
    const std::lock_guard<std::mutex> lock(mu_);
    response->set_refreshed(done_);
    response->set_failed(failed_ + left_);
    response->set_failure(left_ > 0 && failure_.empty()
                              ? "no answer before the deadline"
                              : failure_);
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  // Guarded by mu_.
  size_t left_;
  size_t done_ = 0;
  size_t failed_ = 0;
  std::string failure_;
};

std::string NoWords() { return ""; }

template <typename Response>
absl::Status Store(absl::StatusOr<Response> answer, Response* response) {
  if (!answer.ok()) return answer.status();
  *response = *std::move(answer);
  return absl::OkStatus();
}

// Asks VirusTotal for each indicator, with the waiter ids from `first` on.
void AskAnew(const AdminService::Parts& parts,
             const std::vector<Indicator>& indicators, Resolver::WaiterId first,
             const Requester& requester,
             const std::shared_ptr<Outcomes>& outcomes) {
  const Want want{.mode = Want::Mode::kRefresh, .lane = Lane::kBulk};
  for (size_t i = 0; i < indicators.size(); ++i) {
    // The rules may be newer than the entry, or the entry was imported.
    auto passed =
        parts.fast_path.Parse({indicators[i].kind(), indicators[i].text()});
    if (!std::holds_alternative<Indicator>(passed)) {
      outcomes->Add(absl::FailedPreconditionError(
          "withheld: the privacy rules no longer allow this indicator to be "
          "sent to VirusTotal"));
      continue;
    }
    parts.resolver.Resolve(
        first + i,
        {.indicator = std::move(std::get<Indicator>(passed)),
         .want = want,
         .requester = requester},
        [outcomes](const absl::StatusOr<Answer>& answer) {
          // An old answer instead of a new one is a failure here.
          outcomes->Add(
              answer.ok() && answer->source != v1::SOURCE_VIRUSTOTAL
                  ? absl::UnavailableError("VirusTotal could not be asked")
                  : answer.status());
        });
  }
}

}  // namespace

grpc::Status AdminService::Run(grpc::ServerContext* context, const char* rpc,
                               const std::function<std::string()>& words,
                               const std::function<absl::Status()>& action) {
  std::string who = ClientOf(context->peer());
  absl::Status status = absl::OkStatus();
  if (parts_.access != nullptr) {
    const absl::StatusOr<Caller> caller =
        parts_.access->Admit(CallOrigin(*context), v1::ROLE_ADMIN);
    status = caller.status();
    if (caller.ok() && !caller->name().empty()) who = caller->name();
  }
  const bool admitted = status.ok();
  if (admitted) status = action();
  if (words || !admitted) {
    // A refused request is not worth the space, so only the rpc is logged.
    parts_.audit.Write(
        {.event = admitted ? "admin" : "refused",
         .client = who,
         .what = admitted ? absl::StrCat(rpc, " ", words()) : rpc,
         .outcome = status.ok() ? "OK" : std::string(status.message()),
         .trace = TraceOf(*context)});
  }
  return ToGrpcStatus(status, context);
}

grpc::Status AdminService::GetStatus(grpc::ServerContext* context,
                                     const v1::GetStatusRequest*,
                                     v1::GetStatusResponse* response) {
  return Run(context, "GetStatus", {}, [&] {
    *response = parts_.status.Status();
    return absl::OkStatus();
  });
}

grpc::Status AdminService::ListEntries(grpc::ServerContext* context,
                                       const v1::ListEntriesRequest* request,
                                       v1::ListEntriesResponse* response) {
  return Run(context, "ListEntries", WordsOf(*request),
             [&] { return Store(parts_.entries.List(*request), response); });
}

grpc::Status AdminService::InvalidateEntries(
    grpc::ServerContext* context, const v1::InvalidateEntriesRequest* request,
    v1::InvalidateEntriesResponse* response) {
  return Run(context, "InvalidateEntries", WordsOf(*request), [&] {
    return Store(parts_.entries.Invalidate(*request), response);
  });
}

grpc::Status AdminService::RefreshEntries(
    grpc::ServerContext* context, const v1::RefreshEntriesRequest* request,
    v1::RefreshEntriesResponse* response) {
  return Run(context, "RefreshEntries", WordsOf(*request),
             [&] { return Refresh(context, *request, response); });
}

absl::Status AdminService::Refresh(grpc::ServerContext* context,
                                   const v1::RefreshEntriesRequest& request,
                                   v1::RefreshEntriesResponse* response) {
  const absl::StatusOr<EntryFilter> filter =
      EntryFilter::Parse(request.filter());
  if (!filter.ok()) return filter.status();
  if (filter->empty()) return BadField("filter", "must not be empty");
  if (request.limit() > kMostRefreshed) {
    return BadField("limit", "must be at most 1,000");
  }
  const size_t limit = request.limit() == 0 ? kMostRefreshed : request.limit();
  std::vector<Indicator> matched;
  absl::Status status =
      parts_.entries.ForEach(*filter, "", [&](CachedEntries::Found found) {
        matched.push_back(std::move(found.indicator));
        return matched.size() < limit;
      });
  if (!status.ok()) return status;
  response->set_matched(matched.size());
  if (request.dry_run() || matched.empty()) return absl::OkStatus();

  // Shared, because the loop may add outcomes after this call has returned.
  const auto outcomes = std::make_shared<Outcomes>(matched.size());
  const Resolver::WaiterId first = parts_.resolver.ReserveIds(matched.size());
  const absl::Duration left = TimeLeft(*context);
  AskAnew(parts_, matched, first,
          {.client = "operator",
           .deadline = RealClock().Now() + left,
           .trace = TraceOf(*context)},
          outcomes);
  const absl::Duration patience = std::min(left, absl::Hours(1));
  if (!outcomes->WaitUntil(absl::ToChronoTime(RealClock().Now() + patience))) {
    for (size_t i = 0; i < matched.size(); ++i) {
      parts_.resolver.Cancel(first + i);
    }
  }
  outcomes->Put(response);
  return absl::OkStatus();
}

grpc::Status AdminService::ExportEntries(
    grpc::ServerContext* context, const v1::ExportEntriesRequest* request,
    grpc::ServerWriter<v1::ExportEntriesResponse>* writer) {
  return Run(
      context, "ExportEntries", WordsOf(*request), [&]() -> absl::Status {
        const absl::StatusOr<EntryFilter> filter =
            EntryFilter::Parse(request->filter());
        if (!filter.ok()) return filter.status();
        v1::ExportEntriesResponse each;
        return parts_.entries.ForEach(
            *filter, "", [&](const CachedEntries::Found& found) {
              *each.mutable_entry() =
                  parts_.entries.ForExport(found, !request->without_raw());
              return writer->Write(each);
            });
      });
}

grpc::Status AdminService::ImportEntries(
    grpc::ServerContext* context,
    grpc::ServerReader<v1::ImportEntriesRequest>* reader,
    v1::ImportEntriesResponse* response) {
  return Run(context, "ImportEntries", NoWords, [&] {
    v1::ImportEntriesRequest each;
    return Store(parts_.entries.Import([&](v1::CacheEntry* entry) {
      if (!reader->Read(&each)) return false;
      entry->Swap(each.mutable_entry());
      return true;
    }),
                 response);
  });
}

grpc::Status AdminService::GetQuota(grpc::ServerContext* context,
                                    const v1::GetQuotaRequest*,
                                    v1::GetQuotaResponse* response) {
  return Run(context, "GetQuota", {},
             [&] { return Store(parts_.status.Quota(), response); });
}

grpc::Status AdminService::ResumeKey(grpc::ServerContext* context,
                                     const v1::ResumeKeyRequest* request,
                                     v1::ResumeKeyResponse* response) {
  return Run(context, "ResumeKey", WordsOf(*request),
             [&] { return Resume(request->name(), response); });
}

absl::Status AdminService::Resume(const std::string& name,
                                  v1::ResumeKeyResponse* response) {
  const std::optional<bool> resumed =
      RunOnLoop(parts_.loop, [&keys = parts_.keys, &resolver = parts_.resolver,
                              &clock = parts_.clock, name] {
        KeyRing::Key* const key = keys.Find(name);
        if (key == nullptr) return false;
        keys.Resume(*key, clock.ReadMoment());
        resolver.OnQuotaChanged();
        return true;
      });
  if (!resumed.has_value()) return LoopDoesNotRespond();
  const absl::StatusOr<v1::GetQuotaResponse> quota = parts_.status.Quota();
  if (!quota.ok()) return quota.status();
  std::vector<std::string> names;
  for (const v1::KeyQuota& key : quota->keys()) {
    if (key.name() == name) *response->mutable_key() = key;
    names.push_back(key.name());
  }
  if (*resumed) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("no API key has the name \"", Shown(name),
                   "\"; the keys are: ", absl::StrJoin(names, ", ")));
}

grpc::Status AdminService::ReloadConfig(grpc::ServerContext* context,
                                        const v1::ReloadConfigRequest*,
                                        v1::ReloadConfigResponse* response) {
  return Run(context, "ReloadConfig", NoWords,
             [&] { return Store(parts_.reload(), response); });
}

grpc::Status AdminService::SetLogLevel(grpc::ServerContext* context,
                                       const v1::SetLogLevelRequest* request,
                                       v1::SetLogLevelResponse* response) {
  return Run(context, "SetLogLevel", WordsOf(*request), [&]() -> absl::Status {
    if (request->level() == v1::LOG_LEVEL_UNSPECIFIED ||
        !v1::LogLevel_IsValid(request->level())) {
      return BadField("level", "must be debug, info, warning or error");
    }
    response->set_previous(CurrentLogLevel());
    ::vtlookup::SetLogLevel(request->level());
    return absl::OkStatus();
  });
}

}  // namespace vtlookup
