#include "server/check_files.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/address.h"
#include "core/secret.h"
#include "server/transport/tls.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

// What keeps this user from making files in `folder`, which need not exist yet;
// empty: nothing.
std::string WhyNotIn(const fs::path& folder) {
  std::error_code ignored;
  fs::path nearest = folder;
  while (!nearest.empty() && !fs::exists(nearest, ignored) &&
         nearest != nearest.parent_path()) {
    nearest = nearest.parent_path();
  }
  if (nearest.empty()) nearest = ".";
  const std::string shown = Shown(nearest.string());
  if (!fs::is_directory(nearest, ignored)) {
    return absl::StrCat(shown, " is not a folder");
  }
  // The kernel's own file systems let root in, but have no room for files.
  struct statfs system {};
  const bool of_kernel =
      statfs(nearest.c_str(), &system) == 0 &&
      (system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC);
  if (of_kernel) return absl::StrCat(shown, " cannot hold files");
  if (access(nearest.c_str(), W_OK | X_OK) == 0) return "";
  return absl::StrCat(shown, ": ", std::strerror(errno));
}

void CheckTls(const v1::TlsConfig& config, FileFindings* findings) {
  if (config.certificate_file().empty()) return;
  const absl::Status status = Tls::Load(config).status();
  if (!status.ok()) {
    findings->errors.push_back(
        absl::StrCat("listen.tls: ", Shown(std::string(status.message()))));
  }
}

void CheckAuthorities(const std::string& file, FileFindings* findings) {
  if (file.empty()) return;
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  if (in && absl::StrContains(text.str(), "-----BEGIN CERTIFICATE-----")) {
    return;
  }
  findings->errors.push_back(
      absl::StrCat("virustotal.ca_file: ", Shown(file),
                   in ? ": the file has no certificate in PEM form"
                      : ": the file cannot be read, or is empty"));
}

void CheckAuditFile(const std::string& file, FileFindings* findings) {
  if (file.empty()) return;
  std::error_code ignored;
  std::string why;
  if (fs::exists(file, ignored)) {
    if (fs::is_directory(file, ignored)) {
      why = "is a folder";
    } else if (access(file.c_str(), W_OK) != 0) {
      why = std::strerror(errno);
    }
  } else {
    why = WhyNotIn(fs::path(file).parent_path());
  }
  if (why.empty()) return;
  findings->errors.push_back(
      absl::StrCat("log.audit_file: ", Shown(file), ": ", why));
}

void CheckCacheFolder(const v1::CacheConfig& config, FileFindings* findings) {
  const std::string why = WhyNotIn(config.path());
  if (why.empty()) return;
  const std::string text = absl::StrCat("cache.path: ", Shown(config.path()),
                                        " cannot be used: ", why);
  if (config.required()) {
    findings->errors.push_back(text);
  } else {
    findings->warnings.push_back(
        absl::StrCat(text, "; the daemon would keep verdicts in memory only"));
  }
}

// The daemon creates no folder for a socket but its own runtime folder, which
// only AdminService uses by default.
void CheckSocket(const char* key, const std::string& address,
                 bool may_be_missing, ConfigErrors* out) {
  if (!IsUnixAddress(address)) return;
  const fs::path path(std::string(absl::StripPrefix(address, "unix:")));
  const fs::path folder = path.parent_path();
  std::error_code ignored;
  const std::string why =
      may_be_missing || fs::exists(folder, ignored)
          ? WhyNotIn(folder)
          : absl::StrCat(Shown(folder.string()), ": there is no such folder");
  if (!why.empty()) {
    out->push_back(absl::StrCat(key, ": ", why));
  } else if (fs::exists(path, ignored) && !fs::is_socket(path, ignored)) {
    out->push_back(absl::StrCat(key, ": ", Shown(path.string()),
                                " is there, and is not a socket"));
  }
}

}  // namespace

FileFindings CheckFiles(const v1::Config& config) {
  FileFindings findings;
  CheckTls(config.listen().tls(), &findings);
  CheckAuthorities(config.virustotal().ca_file(), &findings);
  CheckAuditFile(config.log().audit_file(), &findings);
  CheckCacheFolder(config.cache(), &findings);
  CheckSocket("listen.address", config.listen().address(),
              /*may_be_missing=*/false, &findings.errors);
  // The daemon makes its runtime folder, /run/vtlookupd or the like.
  const bool own = absl::StrContains(config.admin().address(), "/vtlookupd/");
  CheckSocket("admin.address", config.admin().address(),
              /*may_be_missing=*/own, &findings.warnings);
  return findings;
}

}  // namespace vtlookup
