#ifndef VTLOOKUP_CACHE_RAW_REPORTS_H_
#define VTLOOKUP_CACHE_RAW_REPORTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/entry.h"
#include "cache/memory_cache.h"
#include "cache/tier.h"
#include "cache/write_behind.h"
#include "core/counter.h"
#include "core/executor.h"
#include "core/mutex.h"

namespace vtlookup {

// The texts of reports as they came, apart from the verdicts that were made of
// them: in a tier of their own, and in memory only those that were asked for
// twice. The caller may also keep other texts under keys of their own; the
// daemon keeps the URL of each report about a URL, to find it by its hash
// (UrlNameKey in server/verdicts/raw_key.h). A text belongs to the verdict that
// was stored at the same time, to the microsecond; a text of another time is
// not found. Thread-safe.
//
// A text that the tier does not take, or has dropped, is lost. The verdict is
// not.
class RawReports {
 public:
  struct Options {
    size_t memory_bytes = 0;       // texts in memory
    size_t max_pending_bytes = 0;  // texts that wait to be written to the tier
    // Texts that Read has given to callers and that are still in use. Beyond
    // this, Read fails.
    size_t max_held_bytes = 0;
  };
  // Runs once, with null if there is no such text, or ResourceExhausted when
  // the texts in use have no room for another (Options::max_held_bytes).
  using Done = absl::AnyInvocable<void(absl::StatusOr<Bytes>) &&>;

  // Owns `tier` and `executor`, on which the tier's blocking calls run, except
  // in Get and the destructor. With a null tier, nothing is kept and nothing is
  // found.
  RawReports(Options options, std::unique_ptr<Tier> tier,
             std::unique_ptr<Executor> executor);
  // Makes a running Tend end soon, and writes the texts that wait. Blocks until
  // both are done.
  ~RawReports();

  // Whether texts are kept.
  bool on() const { return tier_ != nullptr; }

  // Keeps the text in `entry.value`, soon, in place of what was under `key`.
  // Does not wait. A text that has no room among those that wait is dropped and
  // counted in writes(); the result is then false.
  bool Put(std::string_view key, const Entry& entry);
  // Removes the text under `key`, soon. `now` is the present time. False, as
  // for Put, when there is no room; the text then stays until it expires.
  bool Remove(std::string_view key, absl::Time now);

  // Returns the text that was asked for as `name` twice, if it belongs to a
  // verdict that was stored at `stored`; otherwise null. Does not wait.
  Bytes InMemory(KeyView name, absl::Time stored);

  // Looks for the text under `key`. `name` is how the caller's client has named
  // the report: a file has several names, but one key. Without `stored`, the
  // text may belong to any verdict. `done` runs on the caller's thread, or
  // later on a thread of the executor. Does not wait.
  void Read(std::string name, std::string key, std::optional<absl::Time> stored,
            Done done);

  // Returns the text under `key` that belongs to a verdict stored at `stored`;
  // null if there is none. Looks at pending writes and the tier, not in memory,
  // and counts nothing. Blocks.
  Bytes Get(const std::string& key, absl::Time stored);

  // See Cache::Tend.
  void Tend();

  const MemoryCache& memory() const { return memory_; }
  const Counter& found() const { return found_; }
  const Counter& missing() const { return missing_; }
  // The queue of texts that wait to be written. REQUIRES: on().
  WriteBehind& writes() { return *writes_; }

 private:
  // The number of names that are remembered, to notice when one is asked for a
  // second time.
  static constexpr size_t kNames = 4096;

  bool WasAskedBefore(std::string_view name) ABSL_LOCKS_EXCLUDED(mu_);
  void Finish(const std::string& name, Entry entry,
              std::optional<absl::Time> stored, Done done);
  void Finish(Bytes text, Done done);
  bool HasRoom() const { return *held_ < max_held_bytes_; }
  Bytes Counted(Bytes text);

  const size_t max_held_bytes_;
  // Bytes of the texts in use; shared with them, because they may outlive this
  // object.
  const std::shared_ptr<std::atomic<size_t>> held_ =
      std::make_shared<std::atomic<size_t>>(0);
  MemoryCache memory_;
  Mutex mu_;
  // Hashes of names, each at its place modulo kNames.
  std::array<size_t, kNames> asked_ ABSL_GUARDED_BY(mu_) = {};
  std::atomic<bool> tending_{false};
  Counter found_;
  Counter missing_;
  const std::unique_ptr<Tier> tier_;
  std::unique_ptr<WriteBehind> writes_;  // null without a tier
  // The last member, so the first to be destroyed: its tasks use the others.
  const std::unique_ptr<Executor> executor_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_RAW_REPORTS_H_
