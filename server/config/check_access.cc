#include "server/config/check_access.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/address.h"
#include "server/config/check_names.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

constexpr uint32_t kMostThreads = 64;

bool IsSha256(const std::string& hex) {
  return hex.size() == 64 && std::all_of(hex.begin(), hex.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

// Also refuses a port above 65535, which gRPC would take modulo 65536.
void CheckAddresses(const v1::Config& config, ConfigErrors* errors) {
  const std::string& listen = config.listen().address();
  if (!IsUnixAddress(listen) && !SplitAddress(listen).has_value()) {
    errors->push_back(
        "listen.address: must be host:port, [v6]:port or unix:/path");
  }
  const std::string& http = config.http().address();
  if (!http.empty() && !SplitAddress(http).has_value()) {
    errors->push_back("http.address: must be host:port or [v6]:port");
  }
  const std::string& admin = config.admin().address();
  if (!admin.empty() && !IsUnixAddress(admin) &&
      !SplitAddress(admin).has_value()) {
    errors->push_back(
        "admin.address: must be host:port, [v6]:port or unix:/path");
  }
  const std::string& gateway = config.gateway().address();
  if (!gateway.empty() && !IsUnixAddress(gateway) &&
      !SplitAddress(gateway).has_value()) {
    errors->push_back(
        "gateway.address: must be host:port, [v6]:port or unix:/path");
  }
  const auto same = [](const std::string& a, const std::string& b) {
    return !a.empty() && a == b && !absl::EndsWith(a, ":0");
  };
  if (same(listen, http)) {
    errors->push_back("http.address: must not be the same as listen.address");
  }
  if (same(gateway, listen) || same(gateway, http) || same(gateway, admin)) {
    errors->push_back(
        "gateway.address: must not be the same as listen.address, http.address "
        "or admin.address");
  }
  if (same(listen, admin) || same(http, admin)) {
    errors->push_back(
        "admin.address: must not be the same as listen.address or "
        "http.address");
  }
}

void CheckTls(const v1::TlsConfig& tls, ConfigErrors* errors) {
  if (tls.certificate_file().empty() != tls.key_file().empty()) {
    errors->push_back(
        "listen.tls.key_file: set both listen.tls.certificate_file and "
        "listen.tls.key_file, or neither");
  }
  CheckFileName(tls.key_file(), "listen.tls.key_file", "", errors);
  if (!tls.client_ca_file().empty() && tls.certificate_file().empty()) {
    errors->push_back(
        "listen.tls.client_ca_file: needs listen.tls.certificate_file");
  }
}

bool AnyMay(const v1::AuthConfig& auth, v1::Role role) {
  for (const v1::ClientConfig& client : auth.clients()) {
    for (const int each : client.roles()) {
      if (each == role) return true;
    }
  }
  return false;
}

// The gateway cannot be opened without TLS and clients at all, because
// browsers and scripts send tokens to it with each request.
void CheckGateway(const v1::Config& config, ConfigErrors* errors) {
  const v1::GatewayConfig& gateway = config.gateway();
  const v1::TlsConfig& own = gateway.tls();
  if (own.certificate_file().empty() != own.key_file().empty()) {
    errors->push_back(
        "gateway.tls.key_file: set both gateway.tls.certificate_file and "
        "gateway.tls.key_file, or neither");
  }
  if (!own.client_ca_file().empty() && own.certificate_file().empty()) {
    errors->push_back(
        "gateway.tls.client_ca_file: needs gateway.tls.certificate_file");
  }
  if (gateway.max_connections() == 0) {
    errors->push_back("gateway.max_connections: must be at least 1");
  }
  if (gateway.address().empty() || IsLocalAddress(gateway.address())) return;
  if (own.certificate_file().empty() &&
      config.listen().tls().certificate_file().empty()) {
    errors->push_back(
        "gateway.address: an address beyond loopback needs gateway.tls or "
        "listen.tls");
  }
  if (config.auth().clients().empty()) {
    errors->push_back(
        "gateway.address: an address beyond loopback needs auth.clients");
  }
}

// Refuses what would open the daemon to the network by accident.
void CheckExposure(const v1::Config& config, ConfigErrors* errors) {
  const v1::ListenConfig& listen = config.listen();
  const bool tls = !listen.tls().certificate_file().empty();
  const bool asks = !config.auth().clients().empty() ||
                    !listen.tls().client_ca_file().empty();
  if (!listen.insecure() && !IsLocalAddress(listen.address()) &&
      !(tls && asks)) {
    errors->push_back(
        "listen.address: an address beyond loopback needs listen.tls, and "
        "auth.clients or listen.tls.client_ca_file; listen.insecure: true "
        "allows it without them");
  }
  if (!config.http().address().empty() && !config.http().insecure() &&
      !IsLocalAddress(config.http().address())) {
    errors->push_back(
        "http.address: an address beyond loopback lets everybody who can reach "
        "it read the configuration and the cached verdicts; use a loopback "
        "address behind a proxy that authenticates callers, or set "
        "http.insecure: true");
  }
  const std::string& admin = config.admin().address();
  if (listen.insecure() || admin.empty() || IsUnixAddress(admin)) return;
  if (!IsLocalAddress(admin) && !tls) {
    errors->push_back(
        "admin.address: an address beyond loopback needs listen.tls");
  }
  if (!AnyMay(config.auth(), v1::ROLE_ADMIN)) {
    errors->push_back(
        "admin.address: a port needs a client with the role admin in "
        "auth.clients; a Unix socket (unix:/path) does not");
  }
}

void CheckClient(const v1::ClientConfig& client, bool certificates,
                 const std::string& at, ConfigErrors* errors) {
  if (!IsPlainName(client.name())) {
    errors->push_back(absl::StrCat(
        at,
        ".name: must be 1 to 64 letters, digits, dots, dashes or underscores"));
  }
  CheckNoSecret(client.name(), absl::StrCat(at, ".name"), errors);
  const std::string& hash = client.token_sha256();
  if (!hash.empty() && !IsSha256(hash)) {
    errors->push_back(absl::StrCat(at,
                                   ".token_sha256: must be 64 hexadecimal "
                                   "digits, the SHA-256 of the token"));
  }
  if (hash.empty() && client.certificate_name().empty()) {
    errors->push_back(absl::StrCat(
        at, ".token_sha256: set token_sha256 or certificate_name, or both"));
  }
  if (!client.certificate_name().empty() && !certificates) {
    errors->push_back(
        absl::StrCat(at, ".certificate_name: needs listen.tls.client_ca_file"));
  }
  if (client.roles().empty()) {
    errors->push_back(absl::StrCat(
        at,
        ".roles: must have at least one of: lookup, submit, refresh, admin"));
  }
}

void CheckAuth(const v1::Config& config, ConfigErrors* errors) {
  const bool certificates = !config.listen().tls().client_ca_file().empty() ||
                            !config.gateway().tls().client_ca_file().empty();
  std::set<std::string> names;
  std::set<std::string> proofs;
  for (int i = 0; i < config.auth().clients_size(); ++i) {
    const v1::ClientConfig& client = config.auth().clients(i);
    const std::string at = absl::StrCat("auth.clients[", i, "]");
    CheckClient(client, certificates, at, errors);
    if (!client.name().empty() && !names.insert(client.name()).second) {
      errors->push_back(
          absl::StrCat(at, ".name: another client has the same name"));
    }
    const std::string proof =
        absl::StrCat(absl::AsciiStrToLower(client.token_sha256()), " ",
                     client.certificate_name());
    if (!proofs.insert(proof).second) {
      errors->push_back(absl::StrCat(at,
                                     ".token_sha256: another client has the "
                                     "same token_sha256 and certificate_name"));
    }
  }
}

void CheckListenLimits(const v1::ListenConfig& listen, ConfigErrors* errors) {
  if (listen.max_streams() == 0) {
    errors->push_back("listen.max_streams: must be at least 1");
  }
  if (listen.max_connections() == 0) {
    errors->push_back("listen.max_connections: must be at least 1");
  }
  if (listen.threads() > kMostThreads) {
    errors->push_back("listen.threads: must be at most 64");
  }
  if (listen.max_metadata() < (1 << 10) || listen.max_metadata() > (1 << 20)) {
    errors->push_back("listen.max_metadata: must be from 1KiB to 1MiB");
  }
  if (ToAbslDuration(listen.handshake_timeout()) <= absl::ZeroDuration()) {
    errors->push_back("listen.handshake_timeout: must be more than 0");
  }
}

}  // namespace

void CheckAccess(const v1::Config& config, ConfigErrors* errors) {
  CheckAddresses(config, errors);
  CheckTls(config.listen().tls(), errors);
  CheckExposure(config, errors);
  CheckGateway(config, errors);
  CheckAuth(config, errors);
  CheckListenLimits(config.listen(), errors);
}

}  // namespace vtlookup
