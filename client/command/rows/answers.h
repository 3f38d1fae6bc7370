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
#include "absl/functional/function_ref.h"
#include "client/rows/format.h"
#include "vtlookup/client.h"
#include "vtlookup/lookup_stream.h"

namespace vtlookup {

// The result of one lookup, for all rows that contain its value. RowAnswers
// writes the other fields once and then sets `done`.
struct RowAnswer {
  std::atomic<bool> done = false;
  // The fields below may be read only after `done` is true.
  std::string added;    // the text to add to the row, from RowFormat::Render
  std::string failure;  // why the lookup failed; empty: it did not
  bool cached = false;  // the answer came without a request to VirusTotal
  // Until then the answer is used again for rows with the same value.
  std::chrono::steady_clock::time_point good_until;
};

// Looks up values. Each value is looked up once, even if many rows contain it.
// The answers that are kept in memory take at most kMaxRemembered bytes; those
// that were not used for the longest time are dropped first. One thread calls
// Find and Finish, and one other thread may call Wait.
class RowAnswers {
 public:
  static constexpr size_t kMaxRemembered = 64 * 1024 * 1024;

  // Borrows `format`, which must outlive this object; `place` is the index of
  // the lookup there. Copies `client`. `refang`: values are looked up as Refang
  // (core/defanged.h) reads them. A lookup may take `timeout`; zero: the
  // client's.
  RowAnswers(const Client& client, v1::DnifLookup lookup,
             const v1::LookupOptions& options, const RowFormat& format,
             bool refang = false, size_t place = 0,
             absl::Duration timeout = absl::ZeroDuration());
  ~RowAnswers();  // calls Finish

  // Whether Find was ever called: some row had a value to look up. For the
  // thread that calls Find.
  bool found() const { return found_; }

  // Returns the answer for `value`, and starts a lookup when there is none yet.
  // The answer may not be done yet. Blocks while too many answers are not done.
  std::shared_ptr<RowAnswer> Find(const std::string& value);

  // Blocks until `answer` is done, and then returns true. Calls `go_on` some
  // times a second meanwhile, and returns false at once when that does.
  bool Wait(const RowAnswer& answer, absl::FunctionRef<bool()> go_on);

  // Blocks until all answers are done. Find must not be called afterwards.
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
  const bool refang_;
  const size_t place_;

  // Used only by the thread that calls Find. `recent_` has the values that were
  // used lately. When it is full, it becomes `older_`, whose content is
  // dropped.
  Remembered recent_;
  Remembered older_;
  size_t recent_bytes_ = 0;
  bool found_ = false;
  uint64_t next_id_ = 0;

  std::mutex mu_;
  std::condition_variable changed_;
  std::unordered_map<uint64_t, Pending>
      pending_;  // lookups that are not done; guarded by mu_

  // Null when URLs are submitted: submissions do not use a stream.
  std::unique_ptr<LookupStream> stream_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_ANSWERS_H_
