#ifndef VTLOOKUP_SERVER_UNSENT_BUDGET_H_
#define VTLOOKUP_SERVER_UNSENT_BUDGET_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "core/counter.h"
#include "core/mutex.h"

namespace vtlookup {

// Bounds the bytes of replies that were handed to gRPC and have not been sent,
// because their clients do not read, or not fast enough: over all, for each
// client and for each connection. Thread-safe. It outlives its accounts.
class UnsentBudget {
 private:
  using Bytes = std::atomic<uint64_t>;

 public:
  // A reply of fewer bytes counts over all only: looking up who it is for would
  // cost as much as a lookup does.
  static constexpr uint64_t kLarge = 64U << 10;

  // All of it in bytes; a client may have half of it, a connection a quarter.
  explicit UnsentBudget(uint64_t limit) : limit_(limit) {}

  // What the replies of one call hold. Gives it back when it is destroyed. One
  // thread at a time; moving it is cheap.
  class Account {
   public:
    Account() = default;  // of no budget: holds nothing, and may not grow
    Account(Account&& other) noexcept { *this = std::move(other); }
    Account& operator=(Account&& other) noexcept;
    ~Account() { Shrink(held_); }

    // Takes `bytes` more; false, and takes none, where a limit would be passed.
    // A call that holds nothing may pass those of its client and connection
    // when these hold nothing either.
    bool Grow(uint64_t bytes);
    void Shrink(uint64_t bytes);

    // Three quarters of a limit are taken: a good time to wait.
    bool crowded() const;

   private:
    friend class UnsentBudget;

    UnsentBudget* budget_ = nullptr;
    std::shared_ptr<Bytes> client_;      // null: counts over all only
    std::shared_ptr<Bytes> connection_;  // set when `client_` is
    uint64_t held_ = 0;
  };

  // An account that counts over all only: for a reply below kLarge.
  Account OpenSmall();
  // For anything else. `client` is a name, or a host; `connection` is unique
  // for the connection.
  Account Open(const std::string& client, const std::string& connection)
      ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t bytes() const { return total_.load(std::memory_order_relaxed); }
  uint64_t limit() const { return limit_; }
  // How often a reply was too much.
  uint64_t refused() const { return refused_.value(); }

 private:
  using Owners = absl::flat_hash_map<std::string, std::shared_ptr<Bytes>>;

  std::shared_ptr<Bytes> Find(const std::string& name)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const uint64_t limit_;
  Bytes total_{0};
  Counter refused_;

  Mutex mu_;
  // Of clients and connections; those without an account are swept out when
  // there have come twice as many as were left the last time.
  Owners owners_ ABSL_GUARDED_BY(mu_);
  size_t sweep_above_ ABSL_GUARDED_BY(mu_) = 64;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_UNSENT_BUDGET_H_
