// Tests the daemon with a real web server over TLS: nginx, in front of vtsim.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/failure.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "tests/paths.h"

namespace vtlookup {
namespace {

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(fd, any, size), 0);
  EXPECT_EQ(getsockname(fd, any, &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

void Run(const std::string& command) {
  EXPECT_EQ(std::system((command + " >/dev/null 2>&1").c_str()), 0) << command;
}

// nginx with a certificate for 127.0.0.1 from an authority of our own.
class Nginx {
 public:
  // `http2`: whether nginx offers HTTP/2.
  Nginx(const std::string& upstream, bool http2) : port_(FreePort()) {
    MakeCertificates();
    std::ofstream(dir_ / "nginx.conf")
        << "daemon off; master_process off; pid " << (dir_ / "pid")
        << "; error_log " << (dir_ / "error.log") << ";\n"
        << "events { worker_connections 1024; }\n"
        << "http {\n"
        << "  log_format used '$server_protocol $connection $http_x_tool';\n"
        << "  access_log " << (dir_ / "access.log") << " used;\n"
        << "  client_body_temp_path " << (dir_ / "body") << ";\n"
        << "  proxy_temp_path " << (dir_ / "proxy") << ";\n"
        << "  fastcgi_temp_path " << (dir_ / "fastcgi") << ";\n"
        << "  uwsgi_temp_path " << (dir_ / "uwsgi") << ";\n"
        << "  scgi_temp_path " << (dir_ / "scgi") << ";\n"
        << "  server {\n    listen 127.0.0.1:" << port_ << " ssl"
        << (http2 ? " http2" : "") << ";\n"
        << "    ssl_certificate " << (dir_ / "server.pem") << ";\n"
        << "    ssl_certificate_key " << (dir_ / "server.key") << ";\n"
        << "    location / { proxy_pass " << upstream << "; }\n  }\n}\n";
    program_.emplace(
        NGINX,
        std::vector<std::string>{"-c", dir_ / "nginx.conf", "-p", dir_.path()},
        std::vector<std::string>{}, dir_ / "start.log");
    AwaitPort();
  }

  std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(port_);
  }
  std::string ca_file() const { return dir_ / "ca.pem"; }

  // Returns protocol, connection and x-tool of each request.
  std::vector<std::vector<std::string>> Requests() const {
    std::vector<std::vector<std::string>> requests;
    std::ifstream in(dir_ / "access.log");
    std::string line;
    while (std::getline(in, line)) {
      std::istringstream words(line);
      std::vector<std::string> request(3);
      words >> request[0] >> request[1] >> request[2];
      requests.push_back(std::move(request));
    }
    return requests;
  }

 private:
  void MakeCertificates() const {
    const std::string ca = dir_ / "ca";
    const std::string server = dir_ / "server";
    Run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test-CA "
        "-keyout " +
        ca + ".key -out " + ca + ".pem");
    Run("openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout " +
        server + ".key -out " + server + ".csr");
    std::ofstream(server + ".ext") << "subjectAltName=IP:127.0.0.1\n";
    Run("openssl x509 -req -days 2 -in " + server + ".csr -CA " + ca +
        ".pem -CAkey " + ca + ".key -CAcreateserial -extfile " + server +
        ".ext -out " + server + ".pem");
  }

  void AwaitPort() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port_));
    const bool listens = Eventually([&] {
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const bool up = connect(fd, reinterpret_cast<sockaddr*>(&address),
                              sizeof address) == 0;
      close(fd);
      return up;
    });
    if (listens) return;
    std::ifstream log(dir_ / "start.log");
    ADD_FAILURE() << "nginx does not start; ./test fetches it\n" << log.rdbuf();
  }

  TempDir dir_;
  const int port_;
  std::optional<Program> program_;
};

std::vector<v1::Indicator> Domains(int count) {
  std::vector<v1::Indicator> all;
  all.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    all.push_back(
        DomainIndicator("clean" + std::to_string(i) + ".example.com"));
  }
  return all;
}

void ExpectAllAnswered(const DaemonProgram& daemon, int count) {
  const auto batch = daemon.NewClient().BatchLookup(Domains(count), {});
  ASSERT_TRUE(batch.ok()) << batch.status();
  for (const v1::LookupResult& result : batch->results()) {
    ASSERT_TRUE(result.has_response()) << result.error().message();
    EXPECT_EQ(result.response().verdict().response_code(), 1);
  }
}

TEST(Http2, ManyRequestsShareOneConnection) {
  const TempDir dir;
  const SimProgram sim({"--fault", "*=latency:100ms"});
  const Nginx nginx(sim.url(), /*http2=*/true);
  DaemonProgram daemon(nginx.url(), dir.path(),
                       {"--virustotal.ca_file=" + nginx.ca_file()});
  const absl::Duration begin = MonotonicTime();
  ExpectAllAnswered(daemon, 100);
  // One after another they would take ten seconds.
  EXPECT_LT(MonotonicTime() - begin, absl::Seconds(5));
  std::set<std::string> connections;
  for (const auto& request : nginx.Requests()) {
    EXPECT_EQ(request[0], "HTTP/2.0");
    EXPECT_EQ(request[2], "vtlookupd");
    connections.insert(request[1]);
  }
  EXPECT_EQ(nginx.Requests().size(), 100);
  EXPECT_EQ(connections.size(), 1);
}

TEST(Http2, AServerWithoutItIsAskedOverSeveralConnections) {
  const TempDir dir;
  const SimProgram sim;
  const Nginx nginx(sim.url(), /*http2=*/false);
  DaemonProgram daemon(nginx.url(), dir.path(),
                       {"--virustotal.ca_file=" + nginx.ca_file()});
  ExpectAllAnswered(daemon, 100);
  ASSERT_EQ(nginx.Requests().size(), 100);
  EXPECT_EQ(nginx.Requests()[0][0], "HTTP/1.1");
}

TEST(Http2, AWrongCertificateIsRefused) {
  const SimProgram sim;
  const Nginx nginx(sim.url(), /*http2=*/true);
  struct Case {
    const char* name;
    std::string url;
    std::vector<std::string> arguments;
  };
  for (const Case& c : {
           Case{"by an authority that nobody knows", nginx.url(), {}},
           Case{"of another host",
                nginx.url("localhost"),
                {"--virustotal.ca_file=" + nginx.ca_file()}},
       }) {
    SCOPED_TRACE(c.name);
    const TempDir dir;
    DaemonProgram daemon(c.url, dir.path(), c.arguments);
    const absl::Status status =
        daemon.NewClient()
            .Lookup(DomainIndicator("clean.example.com"))
            .status();
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_NE(status.ToString().find("cannot be reached"), std::string::npos)
        << status;
  }
  EXPECT_TRUE(nginx.Requests().empty()) << "the key has left the machine";
}

}  // namespace
}  // namespace vtlookup
