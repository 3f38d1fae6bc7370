#include "server/transport/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

struct Pair {
  std::string certificate;
  std::string key;
};

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

// A key and a certificate that is signed with it, in PEM.
Pair NewPair() {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  BIO* const certificate_text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_text, certificate);
  BIO* const key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr,
                           nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {TextOf(certificate_text), TextOf(key_text)};
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    config_.set_certificate_file(dir_ / "cert.pem");
    config_.set_key_file(dir_ / "key.pem");
    Write("cert.pem", first_.certificate);
    Write("key.pem", first_.key);
  }

  void Write(const char* name, const std::string& text) const {
    std::ofstream(dir_ / name) << text;
  }
  // What is wrong with the files.
  std::string Mistake() const {
    const absl::Status status = Tls::Load(config_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    return std::string(status.message());
  }

  const TempDir dir_;
  const Pair first_ = NewPair();
  const Pair second_ = NewPair();
  v1::TlsConfig config_;
};

TEST_F(TlsTest, HasTheFilesThatWereLoaded) {
  const auto tls = Tls::Load(config_);
  ASSERT_TRUE(tls.ok()) << tls.status();
  const Tls::Current current = (*tls)->current();
  EXPECT_EQ(current.files.certificate, first_.certificate);
  EXPECT_EQ(current.files.key, first_.key);
  EXPECT_EQ(current.files.client_ca, "");
}

TEST_F(TlsTest, NamesTheFileThatIsWrong) {
  Write("key.pem", second_.key);
  EXPECT_EQ(Mistake(), "TLS: " + (dir_ / "key.pem") +
                           ": the key does not belong to the certificate");
  Write("key.pem", first_.certificate);
  EXPECT_THAT(Mistake(),
              HasSubstr("key.pem: the file has no private key in PEM form"));
  Write("key.pem", "");
  EXPECT_THAT(Mistake(),
              HasSubstr("key.pem: the file cannot be read, or is empty"));
  Write("key.pem", first_.key);

  Write("cert.pem", first_.key);
  EXPECT_THAT(Mistake(),
              HasSubstr("cert.pem: the file has no certificate in PEM form"));
  std::filesystem::remove(dir_ / "cert.pem");
  EXPECT_THAT(Mistake(),
              HasSubstr("cert.pem: the file cannot be read, or is empty"));
  Write("cert.pem", first_.certificate);

  config_.set_client_ca_file(dir_ / "ca.pem");
  EXPECT_THAT(Mistake(),
              HasSubstr("ca.pem: the file cannot be read, or is empty"));
  Write("ca.pem", "not PEM");
  EXPECT_THAT(Mistake(),
              HasSubstr("ca.pem: the file has no certificate in PEM form"));
  Write("ca.pem", second_.certificate);
  const auto tls = Tls::Load(config_);
  ASSERT_TRUE(tls.ok()) << tls.status();
  EXPECT_EQ((*tls)->current().files.client_ca, second_.certificate);
}

// OpenSSL would ask for a pass phrase on the terminal, for ever.
TEST_F(TlsTest, AnEncryptedKeyIsRefused) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  BIO* const text = BIO_new(BIO_s_mem());
  char phrase[] = "s3cret";
  PEM_write_bio_PKCS8PrivateKey(text, key, EVP_aes_128_cbc(), phrase,
                                sizeof phrase - 1, nullptr, nullptr);
  EVP_PKEY_free(key);
  Write("key.pem", TextOf(text));
  EXPECT_THAT(Mistake(), HasSubstr("key.pem: the private key is encrypted"));
}

TEST_F(TlsTest, AReloadReplacesAllFilesOrNone) {
  const auto tls = Tls::Load(config_);
  ASSERT_TRUE(tls.ok()) << tls.status();
  const int version = (*tls)->current().version;

  // Somebody has renewed the certificate, and not yet the key.
  Write("cert.pem", second_.certificate);
  EXPECT_EQ((*tls)->Reload(config_).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ((*tls)->current().files.certificate, first_.certificate);
  EXPECT_EQ((*tls)->current().files.key, first_.key);
  EXPECT_EQ((*tls)->current().version, version);

  Write("key.pem", second_.key);
  EXPECT_TRUE((*tls)->Reload(config_).ok());
  EXPECT_EQ((*tls)->current().files.certificate, second_.certificate);
  EXPECT_EQ((*tls)->current().files.key, second_.key);
  EXPECT_EQ((*tls)->current().version, version + 1);
}

}  // namespace
}  // namespace vtlookup
