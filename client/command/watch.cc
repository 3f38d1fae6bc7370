#include "client/command/watch.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/command/output.h"

namespace vtlookup {
namespace {

constexpr std::chrono::seconds kFirstPause(1);
constexpr std::chrono::seconds kLongestPause(30);

// What a change is a change of; a reconnect is none.
std::string GistOf(const v1::LookupResponse& response) {
  v1::Verdict gist;
  gist.set_response_code(response.verdict().response_code());
  if (response.verdict().has_positives()) {
    gist.set_positives(response.verdict().positives());
    gist.set_total(response.verdict().total());
  }
  return gist.SerializeAsString();
}

}  // namespace

bool Watch(const Client& client, const Arguments& arguments,
           const std::function<void(const v1::Indicator&,
                                    const v1::LookupResult&)>& print) {
  std::mutex printing;
  std::atomic<bool> failed = false;
  const auto tell = [&](const v1::Indicator& indicator,
                        const v1::LookupResult& result) {
    const std::lock_guard<std::mutex> lock(printing);
    print(indicator, result);
    std::fflush(stdout);
  };
  const auto watch_one = [&](const v1::Indicator& indicator) {
    std::string last;
    std::chrono::seconds pause = kFirstPause;
    for (;;) {
      const absl::Status status = client.Watch(
          indicator, arguments.until_final,
          [&](const v1::LookupResponse& response) {
            pause = kFirstPause;
            if (std::string gist = GistOf(response); gist != last) {
              last = std::move(gist);
              v1::LookupResult result;
              *result.mutable_response() = response;
              tell(indicator, result);
            }
            return true;
          },
          arguments.options);
      if (status.ok()) return;
      if (!absl::IsUnavailable(status)) {
        failed = true;
        return tell(indicator, FailedResult(status));
      }
      std::fprintf(stderr, "vtlookup: %s; trying again in %d s\n",
                   std::string(status.message()).c_str(),
                   static_cast<int>(pause.count()));
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, kLongestPause);
    }
  };
  std::vector<std::thread> threads;
  for (const v1::Indicator& indicator : arguments.indicators) {
    threads.emplace_back([&watch_one, &indicator] { watch_one(indicator); });
  }
  for (std::thread& thread : threads) thread.join();
  return !failed;
}

}  // namespace vtlookup
