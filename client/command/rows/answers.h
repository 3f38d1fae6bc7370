#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_ANSWERS_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_ANSWERS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/container/flat_hash_map.h"
#include "client/command/rows/format.h"
#include "vtlookup/client.h"
#include "vtlookup/lookup_stream.h"

namespace vtlookup {

// What a lookup adds to each row with its value. Set once, then `done`.
struct RowAnswer {
  std::atomic<bool> done = false;
  // The rest may be read once it is done.
  std::string added;    // see RowFormat::Render
  std::string failure;  // why it failed, in words; else empty
  bool cached = false;  // VirusTotal was not asked
  std::chrono::steady_clock::time_point good_until;
};

// Asks for values, each once however many rows have it. What is remembered is
// bound by kMaxRemembered bytes: the oldest goes first.
class RowAnswers {
 public:
  static constexpr size_t kMaxRemembered = 64 * 1024 * 1024;

  // Borrows the format.
  RowAnswers(const Client& client, v1::DnifLookup lookup,
             const v1::LookupOptions& options, const RowFormat& format);
  ~RowAnswers();  // Finish

  // The answer, which may be done or not. Waits while too many are not. One
  // thread.
  std::shared_ptr<RowAnswer> Find(const std::string& value);

  // Waits until it is done. Another thread.
  void Wait(const RowAnswer& answer);

  // Waits until all are.
  void Finish();

 private:
  struct Pending {
    std::shared_ptr<RowAnswer> answer;
    v1::Indicator asked;
  };
  using Remembered =
      absl::flat_hash_map<std::string, std::shared_ptr<RowAnswer>>;

  void Ask(const std::string& value, const std::shared_ptr<RowAnswer>& answer);
  void Submit(uint64_t id, const v1::Indicator& indicator);
  void OnResult(uint64_t id, const v1::LookupResult& result);
  void Remember(const std::string& value,
                const std::shared_ptr<RowAnswer>& answer);

  const Client client_;
  const v1::DnifLookup lookup_;
  const RowFormat& format_;

  // Of the thread that finds. What was used lately is in the first; when that
  // is full, it replaces the second.
  Remembered recent_;
  Remembered older_;
  size_t recent_bytes_ = 0;
  uint64_t next_id_ = 0;

  std::mutex mu_;
  std::condition_variable changed_;
  std::unordered_map<uint64_t, Pending> pending_;  // guarded by mu_

  std::unique_ptr<LookupStream> stream_;  // null for submissions
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_ANSWERS_H_
