#include "server/clients/audit.h"

#include <openssl/sha.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "core/url.h"

namespace vtlookup {
namespace {

constexpr size_t kOldFiles = 4;
constexpr mode_t kOwnerOnly = 077;  // as a umask

std::string ShortHash(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), 8));
}

}  // namespace

std::string ShownIndicator(const Indicator& indicator) {
  const std::string_view text = indicator.text();
  if (indicator.kind() != Kind::kUrl) return std::string(text);
  const std::string_view scheme = text.substr(0, text.find("://"));
  return absl::StrCat(ToAbsl(scheme), "://", ToAbsl(PartsOfUrl(text).host),
                      "/... sha256:", ShortHash(text));
}

absl::StatusOr<std::unique_ptr<Audit>> Audit::Open(const v1::LogConfig& config,
                                                   const Clock& clock) {
  std::unique_ptr<Audit> audit(new Audit(config, clock));
  if (!audit->on()) return audit;
  if (absl::Status opened = audit->Reopen(); !opened.ok()) return opened;
  return audit;
}

absl::Status Audit::Reopen() {
  if (!on()) return absl::OkStatus();
  const mode_t before = umask(kOwnerOnly);
  std::shared_ptr<spdlog::logger> logger;
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        file_, max_bytes_, kOldFiles);
    logger = std::make_shared<spdlog::logger>("audit", std::move(sink));
  } catch (const spdlog::spdlog_ex&) {  // spdlog reports errors by exceptions
    umask(before);
    return absl::FailedPreconditionError(
        absl::StrCat("log.audit_file: ", file_, " cannot be written"));
  }
  umask(before);
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::info);
  logger->set_error_handler(
      [counter = &failed_](const std::string&) { counter->Add(); });
  MutexLock lock(mu_);
  logger_ = std::move(logger);
  return absl::OkStatus();
}

std::shared_ptr<spdlog::logger> Audit::logger() {
  MutexLock lock(mu_);
  return logger_;
}

Audit::~Audit() = default;

bool Audit::TakeRefusal(uint64_t* left_out) {
  const absl::Duration now = clock_.Uptime();
  MutexLock lock(mu_);
  if (now >= minute_end_) {
    minute_end_ = now + absl::Minutes(1);
    refusals_ = 0;
  }
  if (++refusals_ > kMostRefusals) {
    ++left_out_;
    return false;
  }
  *left_out = std::exchange(left_out_, 0);
  return true;
}

void Audit::Write(const Record& record) {
  if (!on()) return;
  uint64_t left_out = 0;
  if (record.event == "refused" && !TakeRefusal(&left_out)) return;
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", clock_.Now(),
                                  absl::UTCTimeZone());
  for (const auto& [name, value] :
       {std::pair("event", &record.event), std::pair("client", &record.client),
        std::pair("what", &record.what), std::pair("kind", &record.kind),
        std::pair("indicator", &record.indicator),
        std::pair("source", &record.source),
        std::pair("outcome", &record.outcome),
        std::pair("trace", &record.trace)}) {
    if (!value->empty()) line[name] = *value;
  }
  if (record.requests != 0) line["requests"] = record.requests;
  if (left_out != 0) line["left_out"] = left_out;
  // Text from clients may contain bytes that are not UTF-8.
  logger()->info(line.dump(-1, ' ', true,
                           nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace vtlookup
