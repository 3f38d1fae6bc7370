#include "server/transport/tls.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

absl::Status Bad(const std::string& file, const char* why) {
  return absl::FailedPreconditionError(absl::StrCat("TLS: ", file, ": ", why));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty()) {
    return Bad(path, "the file cannot be read, or is empty");
  }
  return text.str();
}

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, Free> Reader(const std::string& pem) {
  return std::unique_ptr<BIO, Free>(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::unique_ptr<X509, Free> CertificateIn(const std::string& pem) {
  return std::unique_ptr<X509, Free>(
      PEM_read_bio_X509(Reader(pem).get(), nullptr, nullptr, nullptr));
}

// gRPC would accept files that do not fit, and then fail each connection.
absl::Status CheckFit(const v1::TlsConfig& config, const Tls::Files& files) {
  const auto certificate = CertificateIn(files.certificate);
  if (certificate == nullptr) {
    return Bad(config.certificate_file(),
               "the file has no certificate in PEM form");
  }
  // Without a callback OpenSSL would ask the terminal for a pass phrase.
  bool encrypted = false;
  const std::unique_ptr<EVP_PKEY, Free> key(PEM_read_bio_PrivateKey(
      Reader(files.key).get(), nullptr,
      [](char*, int, int, void* asked) {
        *static_cast<bool*>(asked) = true;
        return -1;
      },
      &encrypted));
  if (encrypted) {
    return Bad(config.key_file(),
               "the private key is encrypted; the daemon needs a key without a "
               "pass phrase");
  }
  if (key == nullptr) {
    return Bad(config.key_file(), "the file has no private key in PEM form");
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Bad(config.key_file(), "the key does not belong to the certificate");
  }
  if (!files.client_ca.empty() && CertificateIn(files.client_ca) == nullptr) {
    return Bad(config.client_ca_file(),
               "the file has no certificate in PEM form");
  }
  return absl::OkStatus();
}

absl::StatusOr<Tls::Files> Read(const v1::TlsConfig& config) {
  Tls::Files files;
  for (const auto& [path, text] :
       {std::pair(&config.certificate_file(), &files.certificate),
        std::pair(&config.key_file(), &files.key),
        std::pair(&config.client_ca_file(), &files.client_ca)}) {
    if (path->empty()) continue;
    absl::StatusOr<std::string> read = ReadFile(*path);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  if (absl::Status fit = CheckFit(config, files); !fit.ok()) return fit;
  return files;
}

// gRPC's C++ API either serves certificates that never change, or watches files
// itself. Its C API asks at each handshake.
class ReloadingCredentials final : public grpc::ServerCredentials {
 public:
  explicit ReloadingCredentials(const Tls& tls) : tls_(tls) {
    // A reload cannot change whether clients need a certificate.
    const bool mutual = !tls.current().files.client_ca.empty();
    credentials_ = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(
            mutual ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                   : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
            &Fetch, this));
  }
  ~ReloadingCredentials() override {
    grpc_server_credentials_release(credentials_);
  }

  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  // Called once for each connection; one at a time, under gRPC's lock.
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    auto& me = *static_cast<ReloadingCredentials*>(self);
    const Tls::Current current = me.tls_.current();
    if (current.version == me.version_) {
      return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    }
    const Tls::Files& files = current.files;
    const grpc_ssl_pem_key_cert_pair pair = {files.key.c_str(),
                                             files.certificate.c_str()};
    // gRPC 1.51 requires roots, although without mutual TLS it asks no client.
    const std::string& roots =
        files.client_ca.empty() ? files.certificate : files.client_ca;
    *config =
        grpc_ssl_server_certificate_config_create(roots.c_str(), &pair, 1);
    me.version_ = current.version;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  int AddPortToServer(const std::string& address,
                      grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  const Tls& tls_;
  int version_ = 0;
  grpc_server_credentials* credentials_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Tls>> Tls::Load(const v1::TlsConfig& config) {
  absl::StatusOr<Files> files = Read(config);
  if (!files.ok()) return files.status();
  return std::unique_ptr<Tls>(new Tls(*std::move(files)));
}

absl::Status Tls::Reload(const v1::TlsConfig& config) {
  absl::StatusOr<Files> files = Read(config);
  if (!files.ok()) return files.status();
  MutexLock lock(mu_);
  current_ = {*std::move(files), current_.version + 1};
  return absl::OkStatus();
}

Tls::Current Tls::current() const {
  MutexLock lock(mu_);
  return current_;
}

std::shared_ptr<grpc::ServerCredentials> Tls::Credentials() {
  return std::make_shared<ReloadingCredentials>(*this);
}

}  // namespace vtlookup
