#include "server/clients/call_origin.h"

#include <grpc/grpc_security_constants.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "core/clock.h"
#include "server/clients/call_context.h"

namespace vtlookup {
namespace {

constexpr std::string_view kBearer = "bearer ";

std::string_view TokenIn(const grpc::ServerContextBase& context) {
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return {};
  std::string_view text(found->second.data(), found->second.size());
  if (text.size() < kBearer.size()) return {};
  const bool bearer = std::equal(
      kBearer.begin(), kBearer.end(), text.begin(), [](char a, char b) {
        return a == absl::ascii_tolower(static_cast<unsigned char>(b));
      });
  return bearer ? text.substr(kBearer.size()) : std::string_view();
}

bool IsCertified(const grpc::ServerContextBase& context,
                 const std::string& name) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return false;
  for (const char* property :
       {GRPC_X509_CN_PROPERTY_NAME, GRPC_PEER_DNS_PROPERTY_NAME,
        GRPC_PEER_URI_PROPERTY_NAME}) {
    for (const grpc::string_ref& value : auth->FindPropertyValues(property)) {
      if (value == name) return true;
    }
  }
  return false;
}

}  // namespace

std::string CallOrigin::peer() const {
  return grpc_ != nullptr ? grpc_->peer() : http_->peer;
}

std::string_view CallOrigin::token() const {
  return grpc_ != nullptr ? TokenIn(*grpc_) : std::string_view(http_->token);
}

bool CallOrigin::HasCertificateNamed(const std::string& name) const {
  if (grpc_ != nullptr) return IsCertified(*grpc_, name);
  return std::find(http_->certificate_names.begin(),
                   http_->certificate_names.end(),
                   name) != http_->certificate_names.end();
}

absl::Duration CallOrigin::time_left() const {
  if (grpc_ != nullptr) return TimeLeft(*grpc_);
  return http_->deadline - RealClock().Now();
}

std::string CallOrigin::trace() const {
  return grpc_ != nullptr ? TraceOf(*grpc_) : TraceIn(http_->traceparent);
}

}  // namespace vtlookup
