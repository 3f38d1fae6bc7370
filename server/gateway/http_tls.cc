#include "server/gateway/http_tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string_view>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

namespace ssl = boost::asio::ssl;

// Takes http/1.1 if the client offers it. A client that offers no protocol gets
// HTTP/1.1, too.
int SelectHttp11(SSL* /*ssl*/, const unsigned char** out, unsigned char* size,
                 const unsigned char* offered, unsigned int length,
                 void* /*context*/) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, kHttp11, sizeof kHttp11 - 1, offered,
                            length) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

absl::Status Refused(std::string_view what,
                     const boost::system::error_code& error) {
  return absl::FailedPreconditionError(absl::StrCat(
      "OpenSSL does not take the ", std::string(what), ": ", error.message()));
}

std::string TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

void AddCommonName(const X509* certificate, std::vector<std::string>* names) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return;
  names->push_back(
      TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
}

void AddAlternatives(const X509* certificate, std::vector<std::string>* names) {
  auto* const all = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all, i);
    if (name->type == GEN_DNS) names->push_back(TextOf(name->d.dNSName));
    if (name->type == GEN_URI) {
      names->push_back(TextOf(name->d.uniformResourceIdentifier));
    }
  }
  GENERAL_NAMES_free(all);
}

}  // namespace

absl::StatusOr<std::shared_ptr<ssl::context>> MakeTlsContext(
    const Tls::Files& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), SelectHttp11, nullptr);
  boost::system::error_code error;
  context->use_certificate_chain(
      boost::asio::buffer(files.certificate.data(), files.certificate.size()),
      error);
  if (error) return Refused("certificate", error);
  context->use_private_key(
      boost::asio::buffer(files.key.data(), files.key.size()),
      ssl::context::pem, error);
  if (error) return Refused("key", error);
  if (files.client_ca.empty()) return context;
  context->add_certificate_authority(
      boost::asio::buffer(files.client_ca.data(), files.client_ca.size()),
      error);
  if (error) return Refused("authorities for clients", error);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert,
                           error);
  if (error) return Refused("authorities for clients", error);
  // OpenSSL resumes sessions of clients with certificates only with a context.
  static constexpr unsigned char kSessions[] = "vtlookupd";
  SSL_CTX_set_session_id_context(context->native_handle(), kSessions,
                                 sizeof kSessions - 1);
  return context;
}

std::vector<std::string> PeerNamesOf(SSL* ssl) {
  std::vector<std::string> names;
  X509* const certificate = SSL_get1_peer_certificate(ssl);
  if (certificate == nullptr) return names;
  if (SSL_get_verify_result(ssl) == X509_V_OK) {
    AddCommonName(certificate, &names);
    AddAlternatives(certificate, &names);
  }
  X509_free(certificate);
  return names;
}

}  // namespace vtlookup
