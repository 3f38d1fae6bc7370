#include "server/clients/authorizer.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {
namespace {

std::string Sha256(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

// Compares in constant time.
bool SameHash(const std::string& a, const std::string& b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

constexpr unsigned Bit(v1::Role role) { return 1U << role; }

}  // namespace

Authorizer::Authorizer(const v1::AuthConfig& config) {
  // This includes ROLE_ADMIN: without clients, AdminService has a network port
  // only if the configuration says `insecure`.
  anyone_.roles_ = Bit(v1::ROLE_LOOKUP) | Bit(v1::ROLE_SUBMIT) |
                   Bit(v1::ROLE_REFRESH) | Bit(v1::ROLE_ADMIN);
  Replace(config);
}

Authorizer::Clients Authorizer::ClientsOf(const v1::AuthConfig& config) {
  Clients clients;
  for (const v1::ClientConfig& each : config.clients()) {
    std::unique_ptr<LookupAllowance>& allowance = allowances_[each.name()];
    if (allowance == nullptr) allowance = std::make_unique<LookupAllowance>();
    Client client{.token_hash = absl::HexStringToBytes(each.token_sha256()),
                  .certificate_name = each.certificate_name(),
                  .caller = {}};
    for (const int role : each.roles()) {
      client.caller.roles_ |= Bit(static_cast<v1::Role>(role));
    }
    client.caller.name_ = &allowances_.find(each.name())->first;
    client.caller.use_ = uses_.For(each.name());
    client.caller.requests_per_day_ = each.requests_per_day();
    client.caller.lookups_per_minute_ = each.lookups_per_minute();
    if (each.lookups_per_minute() != 0) {
      client.caller.allowance_ = allowance.get();
    }
    clients.push_back(std::move(client));
  }
  return clients;
}

void Authorizer::Replace(const v1::AuthConfig& config) {
  MutexLock lock(mu_);
  clients_.Replace(ClientsOf(config));
}

absl::StatusOr<Caller> Authorizer::Identify(const CallOrigin& origin) const {
  const Clients& clients = clients_.get();
  if (clients.empty()) return anyone_;
  const std::string_view token = origin.token();
  const std::string hash = token.empty() ? "" : Sha256(token);
  const Client* found = nullptr;
  // All clients are compared, so that the time does not tell which one matches.
  for (const Client& client : clients) {
    const bool token_fits =
        client.token_hash.empty() || SameHash(client.token_hash, hash);
    const bool certificate_fits =
        client.certificate_name.empty() ||
        origin.HasCertificateNamed(client.certificate_name);
    if (token_fits && certificate_fits && found == nullptr) found = &client;
  }
  if (found != nullptr) return found->caller;
  return FailureStatus(
      absl::StatusCode::kUnauthenticated,
      token.empty() ? "the call has no token (\"authorization: Bearer "
                      "TOKEN\"), and its certificate alone matches no "
                      "client in auth.clients; send a token"
                    : "no client in auth.clients matches the token of this "
                      "call, or its token together with its certificate",
      {.reason = token.empty() ? reasons::kCredentialsMissing
                               : reasons::kCredentialsUnknown});
}

absl::StatusOr<Caller> Authorizer::Admit(const CallOrigin& origin,
                                         v1::Role role) {
  absl::StatusOr<Caller> caller = Identify(origin);
  if (!caller.ok()) return caller;
  if (absl::Status status = caller->Require(role); !status.ok()) return status;
  return caller;
}

}  // namespace vtlookup
