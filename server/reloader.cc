#include "server/reloader.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/secret.h"
#include "core/text.h"
#include "server/config/check.h"
#include "server/config/config_change.h"
#include "server/operators/log.h"
#include "server/wiring.h"

namespace vtlookup {
namespace {

// Checks the new configuration as it will be used: some parts are from the new
// file, the others still from the start. Such a mixture may break a rule that
// neither file breaks.
absl::Status CheckMixture(const v1::Config& config) {
  ConfigErrors errors;
  CheckConfig(config, &errors);
  if (errors.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("some changes take effect only after a restart, and without "
                   "them the configuration is wrong: ",
                   absl::StrJoin(errors, "\n")));
}

std::string Names(
    const google::protobuf::RepeatedPtrField<std::string>& settings) {
  return settings.empty() ? "nothing" : absl::StrJoin(settings, ", ");
}

Tls::Files FilesOf(const Tls* tls) {
  return tls == nullptr ? Tls::Files() : tls->current().files;
}

bool SameFiles(const Tls::Files& a, const Tls::Files& b) {
  return a.certificate == b.certificate && a.key == b.key &&
         a.client_ca == b.client_ca;
}

// Adds the name of a setting, unless it or a setting that belongs to it
// (virustotal.key_file to virustotal.key, listen.tls.key_file to listen.tls) is
// in the list.
void AddName(const std::string& name,
             google::protobuf::RepeatedPtrField<std::string>* names) {
  const bool known = std::any_of(
      names->begin(), names->end(),
      [&name](const auto& each) { return absl::StartsWith(each, name); });
  if (!known) *names->Add() = name;
}

}  // namespace

absl::StatusOr<v1::ReloadConfigResponse> Reloader::Reload() {
  if (!parts_.load) {
    return absl::FailedPreconditionError(
        "this daemon was started without a configuration that can be read "
        "again");
  }
  MutexLock lock(mu_);
  absl::StatusOr<Settings> settings = parts_.load();
  v1::ReloadConfigResponse response;
  const absl::Status status =
      settings.ok() ? TakeOver(&*settings, &response) : settings.status();
  // Everybody who can reach the status page can see the error.
  const std::string why = Shown(ToStd(status.message()));
  parts_.status.NoteReload(status.ok() ? status
                                       : absl::FailedPreconditionError(why));
  if (!status.ok()) {
    spdlog::error("the configuration was not reloaded: {}", why);
    return absl::FailedPreconditionError(why);
  }
  spdlog::info(
      "configuration reloaded; changed: {}; takes effect after a restart: {}",
      Names(response.changed()), Names(response.restart_needed()));
  return response;
}

absl::Status Reloader::TakeOver(Settings* settings,
                                v1::ReloadConfigResponse* response) {
  const ConfigChange change = ChangeOf(current_, settings->config);
  *response->mutable_changed() = {change.live.begin(), change.live.end()};
  *response->mutable_restart_needed() = {change.restart.begin(),
                                         change.restart.end()};
  if (!SameKeyNames(current_.virustotal(), settings->config.virustotal())) {
    settings->api_keys.clear();  // these are for the next start
  }
  settings->config = WithLiveParts(current_, settings->config);
  if (absl::Status status = CheckMixture(settings->config); !status.ok()) {
    return status;
  }
  const Tls::Files files = FilesOf(parts_.tls);
  if (absl::Status status = Apply(*settings); !status.ok()) return status;
  // Files whose names are as before may have other contents.
  if (!SameFiles(files, FilesOf(parts_.tls))) {
    AddName("listen.tls", response->mutable_changed());
  }
  if (!settings->api_keys.empty() && settings->api_keys != api_keys_) {
    const bool several = !settings->config.virustotal().keys().empty();
    AddName(several ? "virustotal.keys" : "virustotal.key",
            response->mutable_changed());
    api_keys_ = settings->api_keys;
  }
  current_ = settings->config;
  parts_.pages.SetConfiguration(ToYaml(current_));
  return absl::OkStatus();
}

// The steps that can fail come first, so that a failure changes nothing: the
// audit log goes on in the same file, whether it was opened anew or not.
absl::Status Reloader::Apply(const Settings& settings) {
  const v1::Config& config = settings.config;
  if (absl::Status status = parts_.audit.Reopen(); !status.ok()) return status;
  if (parts_.tls != nullptr) {
    if (absl::Status status = parts_.tls->Reload(config.listen().tls());
        !status.ok()) {
      return status;
    }
  }
  // The names of the files cannot change, but their contents can.
  if (parts_.gateway_tls != nullptr) {
    if (absl::Status status =
            parts_.gateway_tls->Reload(config.gateway().tls());
        !status.ok()) {
      return status;
    }
  }
  parts_.authorizer.Replace(config.auth());
  parts_.privacy.Replace(config.privacy());
  SetLogLevel(config.log().level());
  parts_.call_log.SetRate(config.log().one_call_in());
  std::vector<KeyRing::Setup> setups;
  if (!settings.api_keys.empty()) {
    setups = SetupsOf(config.virustotal(), settings.api_keys);
  }
  parts_.loop.Post([&resolver = parts_.resolver, &keys = parts_.keys,
                    &clock = parts_.clock, cache = config.cache(),
                    setups = std::move(setups)]() mutable {
    resolver.SetLifetimes(cache);
    keys.Exchange(std::move(setups), clock.ReadMoment());
    resolver.OnQuotaChanged();
  });
  return absl::OkStatus();
}

}  // namespace vtlookup
