#include "tests/integration/programs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/paths.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> With(std::vector<std::string> more,
                              const std::vector<std::string>& words) {
  more.insert(more.end(), words.begin(), words.end());
  return more;
}

}  // namespace

Program::Program(const std::string& name,
                 const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment,
                 const std::string& error_file) {
  const bool is_path = name.find('/') != std::string::npos;
  std::vector<std::string> words = {is_path ? name : BIN_DIR "/" + name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  int pipe[2];
  if (pipe2(pipe, O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  if (!error_file.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                     error_file.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  const int error =
      posix_spawn(&pid_, words[0].c_str(), &actions, nullptr,
                  Pointers(words).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  output_ = pipe[0];
  EXPECT_EQ(error, 0) << words[0];
}

Program::~Program() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
  close(output_);
}

std::string Program::ReadLine() {
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1 && c != '\n') line.push_back(c);
  return line;
}

std::string Program::ReadAll() {
  std::string all;
  char buffer[4096];
  ssize_t bytes = 0;
  while ((bytes = read(output_, buffer, sizeof buffer)) > 0) {
    all.append(buffer, static_cast<size_t>(bytes));
  }
  return all;
}

void Program::Signal(int signal) const { kill(pid_, signal); }

int Program::Wait() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, 0) != pid_) return -1000;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

SimProgram::SimProgram(std::vector<std::string> arguments)
    : program_("vtsim", With(std::move(arguments),
                             {"--port", "0", "--log", dir_ / "requests"})) {
  std::istringstream line(program_.ReadLine());
  std::string word;
  while (line >> word) {
    if (word.rfind("http://", 0) == 0) url_ = word;
  }
  EXPECT_FALSE(url_.empty());
}

std::vector<nlohmann::json> SimProgram::Requests() const {
  std::vector<nlohmann::json> requests;
  std::ifstream in(dir_ / "requests");
  std::string line;
  while (std::getline(in, line)) {
    auto request = nlohmann::json::parse(line, nullptr,
                                         /*allow_exceptions=*/false);
    // The last line may be incomplete, because vtsim is still writing it.
    if (!request.is_discarded()) requests.push_back(std::move(request));
  }
  return requests;
}

int SimProgram::CountOf(const std::string& indicator) const {
  const auto requests = Requests();
  return static_cast<int>(
      std::count_if(requests.begin(), requests.end(), [&](const auto& request) {
        const auto& all = request["indicators"];
        return std::find(all.begin(), all.end(), indicator) != all.end();
      }));
}

DaemonProgram::DaemonProgram(const std::string& base_url,
                             const std::string& cache_path,
                             const std::vector<std::string>& arguments)
    : program_(
          "vtlookupd",
          With({"--listen.address=127.0.0.1:0", "--http.address=127.0.0.1:0",
                "--gateway.address=", "--cache.path=" + cache_path,
                "--admin.address=unix:" + cache_path + "/admin.sock",
                "--virustotal.base_url=" + base_url,
                "--virustotal.quota.per_minute=0",
                "--virustotal.quota.per_day=0",
                "--virustotal.quota.per_month=0"},
               arguments),
          {std::string("VT_API_KEY=") + kApiKey}, dir_ / "errors") {
  const std::string line = program_.ReadLine();
  constexpr std::string_view kReady = "vtlookupd ready on ";
  EXPECT_EQ(line.substr(0, kReady.size()), kReady) << Errors();
  if (line.size() > kReady.size()) address_ = line.substr(kReady.size());
}

Client DaemonProgram::NewClient(absl::Duration timeout) const {
  return Client(Connect(address_), {.timeout = timeout});
}

std::string DaemonProgram::Errors() const {
  std::ifstream in(dir_ / "errors");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string DaemonProgram::HttpAddress() const {
  constexpr std::string_view kBefore = "http://";
  const std::string errors = Errors();
  const size_t line = errors.find("status and metrics on ");
  const size_t begin = errors.find(kBefore, line) + kBefore.size();
  return errors.substr(begin, errors.find('/', begin) - begin);
}

int64_t ResidentKib(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (in >> word) {
    if (word == "VmRSS:") {
      int64_t kib = 0;
      in >> kib;
      return kib;
    }
  }
  return 0;
}

v1::Indicator DomainIndicator(const std::string& name) {
  v1::Indicator indicator;
  indicator.set_domain(name);
  return indicator;
}

v1::Indicator UrlIndicator(const std::string& url) {
  v1::Indicator indicator;
  indicator.set_url(url);
  return indicator;
}

v1::Indicator FileIndicator(const std::string& hash) {
  v1::Indicator indicator;
  indicator.set_file_hash(hash);
  return indicator;
}

}  // namespace vtlookup
