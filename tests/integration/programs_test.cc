// Tests the programs as a user starts them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/clock.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Ended {
  int status;
  std::string output;
};

Ended RunProgram(const std::string& name,
                 const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment = {}) {
  const TempDir dir;
  Program program(name, arguments, environment, dir / "errors");
  std::string output = program.ReadAll();
  const int status = program.Wait();
  std::ifstream in(dir / "errors");
  output += std::string(std::istreambuf_iterator<char>(in), {});
  return {status, output};
}

TEST(Vtlookup, PrintsALineForEachValueAndItsExitStatusTells) {
  const TempDir dir;
  const SimProgram sim({"--fault", "broken=status:503"});
  DaemonProgram daemon(sim, dir.path());
  const std::string server = "--server=" + daemon.address();
  const Ended good = RunProgram(
      "vtlookup",
      {"domain", server, "clean.example.com", "missing.example.com"});
  EXPECT_EQ(good.status, 0) << good.output;
  EXPECT_THAT(good.output, HasSubstr("clean.example.com\t0 of "));
  EXPECT_THAT(good.output, HasSubstr("missing.example.com\tnot known"));
  const Ended some =
      RunProgram("vtlookup", {"domain", server, "--timeout=3s",
                              "clean.example.com", "broken.example.com"});
  EXPECT_EQ(some.status, 1);
  EXPECT_THAT(some.output,
              HasSubstr("broken.example.com\tfailed: UNAVAILABLE"));
  EXPECT_EQ(RunProgram("vtlookup", {"domain"}).status, 2);
  EXPECT_EQ(RunProgram("vtlookup", {"--help"}).status, 0);
}

TEST(Vtlookup, PrintsJsonByLineAndFindsItsServerInTheEnvironment) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const std::string server = "VTLOOKUP_SERVER=" + daemon.address();
  const Ended ended = RunProgram(
      "vtlookup", {"url", "http://www.virustotal.com/", "--json"}, {server});
  EXPECT_EQ(ended.status, 0) << ended.output;
  const auto json = nlohmann::json::parse(ended.output);
  EXPECT_EQ(json["source"], "SOURCE_VIRUSTOTAL");
  EXPECT_EQ(json["verdict"]["indicator"]["url"], "http://www.virustotal.com/");
  EXPECT_EQ(json["verdict"]["response_code"], 1);
}

TEST(Vtlookup, BenchMeasuresTheCacheAndAsksNobody) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const std::string server = "--server=" + daemon.address();
  const std::string file = dir.path() + "/values";
  std::ofstream(file) << "known.example.com\nunknown.example.com\n";
  EXPECT_EQ(
      RunProgram("vtlookup", {"domain", server, "known.example.com"}).status,
      0);
  for (const char* batch : {"1", "2"}) {
    const Ended ended =
        RunProgram("vtlookup", {"bench", "domain", file, server, "--json",
                                "--seconds=0.2", "--batch", batch});
    EXPECT_EQ(ended.status, 0) << ended.output;
    const auto result = nlohmann::json::parse(ended.output);
    EXPECT_GT(result["verdicts_per_second"], 0);
    EXPECT_GT(result["latency_ms"]["p99"], 0);
    EXPECT_EQ(result["sources"]["MEMORY"], result["verdicts"]);
    EXPECT_GT(result["failures"]["NOT_FOUND"], 0) << "the unknown one";
    EXPECT_EQ(result["failures"].size(), 1);
  }
  const Ended table = RunProgram(
      "vtlookup", {"bench", "domain", file, server, "--seconds=0.1"});
  EXPECT_THAT(table.output, HasSubstr("p99"));
  std::ofstream(file) << "\n";
  EXPECT_EQ(RunProgram("vtlookup", {"bench", "domain", file, server}).status,
            2);
}

TEST(Vtlookup, PrintsFailuresAsJsonWithTheirDetails) {
  const TempDir dir;
  const SimProgram sim({"--fault", "broken=status:503"});
  DaemonProgram daemon(sim, dir.path());
  const Ended ended =
      RunProgram("vtlookup", {"domain", "--server=" + daemon.address(),
                              "--json", "broken.example.com"});
  EXPECT_EQ(ended.status, 1);
  const auto json = nlohmann::json::parse(ended.output);
  EXPECT_EQ(json["error"]["code"], 14) << ended.output;
  EXPECT_EQ(json["error"]["details"][0]["reason"], "VIRUSTOTAL_FAILED");
  EXPECT_EQ(json["error"]["details"][1]["retry_delay"], "5s");
}

TEST(Vtlookup, WithoutADaemonEveryValueFails) {
  const Ended ended = RunProgram(
      "vtlookup", {"ip", "--server=127.0.0.1:1", "--timeout=2s", "1.2.3.4"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, HasSubstr("1.2.3.4\tfailed: "));
}

TEST(Vtlookupd, ChecksAndPrintsItsConfiguration) {
  const TempDir dir;
  std::ofstream(dir / "good.yml") << "virustotal: {key: s3cret}\n";
  std::ofstream(dir / "bad.yml") << "cache:\n  paht: x\nodd: 1\n";
  EXPECT_EQ(
      RunProgram("vtlookupd", {"--config", dir / "good.yml", "--check-config"})
          .status,
      0);
  const Ended bad =
      RunProgram("vtlookupd", {"--config", dir / "bad.yml", "--check-config"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.output, HasSubstr("bad.yml:2: cache.paht: unknown key"));
  EXPECT_THAT(bad.output, HasSubstr("bad.yml:3: odd: unknown key"));
  const Ended print =
      RunProgram("vtlookupd", {"--config", dir / "good.yml", "--print-config"});
  EXPECT_EQ(print.status, 0);
  EXPECT_THAT(print.output, HasSubstr("memory: 256MiB"));
  EXPECT_THAT(print.output, Not(HasSubstr("s3cret")));
  EXPECT_EQ(RunProgram("vtlookupd", {"--version"}).status, 0);
  EXPECT_EQ(RunProgram("vtlookupd", {"nonsense"}).status, 2);
}

// What a check finds is what a start would find.
TEST(Vtlookupd, ChecksEveryFileThatTheConfigurationNames) {
  const TempDir dir;
  std::ofstream(dir / "empty") << "";
  const std::string nowhere = dir / "nowhere";
  const auto check = [&dir](const std::string& yaml) {
    std::ofstream(dir / "c.yml") << yaml;
    return RunProgram("vtlookupd",
                      {"--config", dir / "c.yml", "--check-config",
                       "--cache.path=" + (dir / "cache")},
                      {"VT_API_KEY=", "XDG_RUNTIME_DIR=" + dir.path()});
  };
  for (const auto& [yaml, words] :
       {std::pair("virustotal: {key_file: " + nowhere + "}", "API key from"),
        std::pair(std::string("{}"), "no VirusTotal API key"),
        std::pair("virustotal: {key: k, ca_file: " + (dir / "empty") + "}",
                  "virustotal.ca_file: "),
        std::pair("virustotal: {key: k}\nlog: {audit_file: " + nowhere +
                      "/x/audit.log}",
                  "the configuration is good"),
        std::pair("virustotal: {key: k}\nlog: {audit_file: " + (dir / "empty") +
                      "/audit.log}",
                  "log.audit_file: "),
        std::pair(absl::StrCat("virustotal: {key: k}\nlisten: {tls: "
                               "{certificate_file: ",
                               nowhere, ", key_file: ", nowhere, "}}"),
                  "listen.tls: "),
        std::pair("virustotal: {key: k}\ncache: {required: true}\nlisten: "
                  "{address: \"unix:" +
                      (dir / "empty") + "/x.sock\"}",
                  "listen.address: "),
        std::pair("virustotal: {key: k}\nlisten: {address: \"unix:" + nowhere +
                      "/x.sock\"}",
                  "there is no such folder")}) {
    const Ended ended = check(yaml);
    const bool good = std::string(words) == "the configuration is good";
    EXPECT_EQ(ended.status, good ? 0 : 1) << yaml << ended.output;
    EXPECT_THAT(ended.output, HasSubstr(words)) << yaml;
  }
  // Without its folder a daemon would go on, unless it is told not to.
  const Ended warned = RunProgram(
      "vtlookupd", {"--check-config", "--cache.path=" + (dir / "empty"),
                    "--virustotal.key=k"});
  EXPECT_EQ(warned.status, 0);
  EXPECT_THAT(warned.output, HasSubstr("warning: cache.path: "));
  EXPECT_EQ(RunProgram("vtlookupd",
                       {"--check-config", "--cache.path=" + (dir / "empty"),
                        "--cache.required=true", "--virustotal.key=k"})
                .status,
            1);
}

TEST(Vtlookupd, PrintsAConfigurationThatMakesTheSameDaemon) {
  const TempDir dir;
  std::ofstream(dir / "key") << "s3cret-key\n";
  const std::vector<std::string> environment = {
      "VT_API_KEY=", "XDG_RUNTIME_DIR=" + dir.path(),
      "VTLOOKUPD_CACHE_TTL_MISSING=7m",
      "VTLOOKUPD_VIRUSTOTAL_KEY_FILE=" + (dir / "key")};
  const Ended first = RunProgram(
      "vtlookupd", {"--print-config", "--cache.path=" + (dir / "cache")},
      environment);
  EXPECT_EQ(first.status, 0) << first.output;
  EXPECT_THAT(first.output, HasSubstr("missing: 7m\n"));
  EXPECT_THAT(first.output, HasSubstr("# VirusTotal's API key comes from "
                                      "virustotal.key_file, " +
                                      (dir / "key")));
  EXPECT_THAT(first.output,
              HasSubstr("address: \"unix:" + (dir / "vtlookupd/admin.sock")));
  std::ofstream(dir / "c.yml") << first.output;
  const Ended again =
      RunProgram("vtlookupd", {"--print-config", "--config", dir / "c.yml"});
  EXPECT_EQ(again.output, first.output);
  const Ended good =
      RunProgram("vtlookupd", {"--check-config", "--config", dir / "c.yml"});
  EXPECT_EQ(good.status, 0) << good.output;
  struct stat status {};
  EXPECT_NE(stat((dir / "cache").c_str(), &status), 0) << "it was only looked";
}

TEST(Vtlookupd, WithoutAKeyItSaysHowToGiveOne) {
  const TempDir dir;
  const Ended ended =
      RunProgram("vtlookupd", {"--cache.path=" + dir.path()}, {"VT_API_KEY="});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, HasSubstr("VT_API_KEY"));
}

// A text of the form of VirusTotal's keys. It is also the form of a SHA-256, so
// `vtlookup` looks up such a word.
constexpr char kKey[] =
    "5f0c3a9b7e1d42868c0f9e3b5a7d1c2e4f60718293a4b5c6d7e8f9012a3b4c5d";

// Everything that a daemon may say on a bad day: about connections that are no
// HTTP, texts that are no texts, a VirusTotal that is broken, a reload of a bad
// file. Each line of its log is one JSON object.
TEST(Vtlookupd, ANoisyLogIsJsonLines) {
  const SimProgram sim({"--fault", "broken=status:503"});
  const TempDir dir;
  std::ofstream(dir / "c.yml") << "log: {format: json, level: debug}\n";
  DaemonProgram daemon(
      sim, dir / "cache",
      {"--config=" + (dir / "c.yml"), "--virustotal.max_retries=0"});
  const Client client = daemon.NewClient();
  client.Lookup(DomainIndicator("broken.example.com")).status().IgnoreError();
  client.Lookup(DomainIndicator("a\xff.com")).status().IgnoreError();
  client.Lookup(UrlIndicator("http://a.com/\x1b]0;t\x07\n\u202E"))
      .status()
      .IgnoreError();
  const std::string port =
      daemon.address().substr(daemon.address().rfind(':') + 1);
  for (const char* text :
       {"GET / HTTP/1.1\\r\\n\\r\\n", "\\x16\\x03\\x01",
        "PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\nnonsense"}) {
    const std::string command = "exec 3<>/dev/tcp/127.0.0.1/" + port +
                                "; printf '" + text +
                                "' >&3; timeout 1 cat <&3 >/dev/null";
    Program("/bin/bash", {"-c", command}).Wait();
  }
  std::ofstream(dir / "c.yml") << "od\x1b[31md: 1\n";
  daemon.program().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&daemon] {
    return daemon.Errors().find("was not reloaded") != std::string::npos;
  }));
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0);
  std::istringstream log(daemon.Errors());
  int lines = 0;
  for (std::string text; std::getline(log, text); ++lines) {
    const auto line = nlohmann::json::parse(text, nullptr, false);
    ASSERT_TRUE(line.is_object()) << text;
    EXPECT_TRUE(line.contains("time") && line.contains("level") &&
                line.contains("message"))
        << text;
    EXPECT_EQ(text.find_first_of("\x1b\x7f"), std::string::npos);
  }
  EXPECT_GE(lines, 5) << daemon.Errors();
}

TEST(Programs, NeverRepeatAKey) {
  const TempDir dir;
  const std::string key = kKey;
  const struct {
    const char* program;
    std::vector<std::string> arguments;
  } kCases[] = {
      {"vtlookupd", {key}},
      {"vtlookupd", {"--virustotal.key", key}},
      {"vtlookupd", {"--virustotal.key:" + key}},
      {"vtlookupd", {"--" + key + "=x"}},
      {"vtlookupd", {"--config", key}},
      {"vtlookupd", {"--virustotal.key_file=" + key}},
      {"vtlookupd", {"--virustotal.key_file=/nowhere/" + key}},
      {"vtlookupd",
       {"--virustotal.key=" + key, "--cache.path=/proc/" + key,
        "--cache.required=true"}},
      {"vtlookup", {"ip", "1.1.1.1", "--token", key}},
      {"vtlookup", {"ip", "1.1.1.1", "--token-file", key}},
      {"vtlookup", {"ip", "1.1.1.1", "--server", key, "--tls", "--ca", key}},
      {"vtsim", {key}},
      {"vtsim", {"--kye", key}},
      {"vtsim", {"--kye=" + key}}};
  for (const auto& c : kCases) {
    const Ended ended = RunProgram(c.program, c.arguments);
    EXPECT_NE(ended.status, 0) << c.program;
    EXPECT_THAT(ended.output, Not(HasSubstr(key.substr(8, 16)))) << c.program;
  }
  // The output repeats the indicator, although it looks like a key.
  EXPECT_THAT(RunProgram("vtlookup",
                         {"file", "--server=127.0.0.1:1", "--timeout=2s", key})
                  .output,
              HasSubstr(key));
}

TEST(Vtlookupd, WarnsOfAKeyInItsArguments) {
  const Ended ended = RunProgram(
      "vtlookupd", {std::string("--virustotal.key=") + kKey, "--check-config"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, HasSubstr("list of processes"));
  EXPECT_THAT(ended.output, Not(HasSubstr(kKey)));
}

TEST(Vtsim, RefusesWhatMakesNoSense) {
  EXPECT_EQ(RunProgram("vtsim", {"--port", "x"}).status, 2);
  EXPECT_EQ(RunProgram("vtsim", {"--fault", "x=nonsense"}).status, 2);
  EXPECT_EQ(RunProgram("vtsim", {"--answers", "/nowhere"}).status, 1);
  EXPECT_EQ(RunProgram("vtsim", {"--help"}).status, 0);
}

// A plain TCP connection that sends a request and does not read the answer.
int AskBare(uint16_t port, int number) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) {
    close(fd);
    return -1;
  }
  const std::string request =
      "GET /vtapi/v2/domain/report?apikey=k&domain=d" + std::to_string(number) +
      ".example.com HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  return write(fd, request.data(), request.size()) ==
                 static_cast<ssize_t>(request.size())
             ? fd
             : -1;
}

TEST(Vtsim, HoldsTenThousandDelayedRequests) {
  constexpr int kRequests = 10000;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, kRequests + 500);
  limit.rlim_max = std::max(limit.rlim_max, limit.rlim_cur);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  const SimProgram sim({"--fault", "*=latency:20s"});
  const auto port = static_cast<uint16_t>(
      std::stoi(sim.url().substr(sim.url().rfind(':') + 1)));
  const absl::Duration begin = MonotonicTime();
  std::vector<int> connections;
  for (int i = 0; i < kRequests; ++i) {
    connections.push_back(AskBare(port, i));
    ASSERT_GE(connections.back(), 0) << i;
  }
  // All requests came before the first answer, so all were open at once.
  EXPECT_LT(MonotonicTime() - begin, absl::Seconds(20));
  for (const int fd : connections) {
    char head[12] = {};
    ASSERT_EQ(read(fd, head, sizeof head), 12);
    EXPECT_EQ(std::string(head, 12), "HTTP/1.1 200");
    close(fd);
  }
  EXPECT_GE(MonotonicTime() - begin, absl::Seconds(20));
}

}  // namespace
}  // namespace vtlookup
