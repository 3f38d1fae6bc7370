#ifndef VTLOOKUP_SERVER_TRANSPORT_UNSENT_BUDGET_H_
#define VTLOOKUP_SERVER_TRANSPORT_UNSENT_BUDGET_H_

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
// because their clients do not read, or read too slowly. There is one bound for
// all replies, one for each client and one for each connection. The last part
// of the budget is for clients that hold little of it. Thread-safe. Must
// outlive its accounts.
class UnsentBudget {
 private:
  using Bytes = std::atomic<uint64_t>;

 public:
  // While little of the budget is taken, a reply smaller than this counts
  // against the bound of all replies only, because finding the counters of its
  // client would cost as much as a lookup.
  static constexpr uint64_t kLarge = 64U << 10;

  // `limit` bounds the bytes of all replies. A client may have half of it, a
  // connection a quarter. When seven eighths are taken, a client may have 1/64
  // of it.
  explicit UnsentBudget(uint64_t limit) : limit_(limit) {}

  // The bytes that the replies of one call hold. The destructor gives them
  // back. One thread at a time; cheap to move.
  class Account {
   public:
    Account() = default;  // of no budget: Grow always fails
    Account(Account&& other) noexcept { *this = std::move(other); }
    Account& operator=(Account&& other) noexcept;
    ~Account() { Shrink(held_); }

    // Takes `bytes` more. If that would exceed a bound, takes none, counts the
    // refusal in refused(), and returns false. A client or connection that
    // holds nothing may exceed its own bound with one reply; for a client this
    // ends when seven eighths are taken.
    bool Grow(uint64_t bytes);
    // Gives `bytes` back, at most as many as were taken.
    void Shrink(uint64_t bytes);

    // Whether more than three quarters of a bound are taken, so that the call
    // should wait before it makes more replies.
    bool crowded() const;

   private:
    friend class UnsentBudget;

    UnsentBudget* budget_ = nullptr;
    std::shared_ptr<Bytes> client_;      // null: the bound of all only
    std::shared_ptr<Bytes> connection_;  // set when `client_` is
    uint64_t held_ = 0;
  };

  // Returns an account for a stream, or for a reply of any size. `client` is
  // the name of the client, or its host if it has no name; `connection` is
  // gRPC's name for the connection.
  Account Open(const std::string& client, const std::string& connection)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Whether OpenSmall will do for a reply of `bytes`.
  bool IsSmall(uint64_t bytes) const {
    return bytes < kLarge &&
           total_.load(std::memory_order_relaxed) < limit_ / 4;
  }
  // Returns an account that counts against the bound of all replies only.
  Account OpenSmall();

  // Returns the bytes that each connection holds, if more than half of the
  // budget is taken; otherwise nothing. Accounts of OpenSmall are not included.
  using ByConnection = absl::flat_hash_map<std::string, uint64_t>;
  ByConnection HeldWhenPressed() const ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t bytes() const { return total_.load(std::memory_order_relaxed); }
  uint64_t limit() const { return limit_; }
  // Counts the failures of Grow.
  uint64_t refused() const { return refused_.value(); }

 private:
  // The counters of clients, or of connections. Counters without an account are
  // removed whenever their number has doubled.
  class Owners {
   public:
    std::shared_ptr<Bytes> Find(const std::string& name);
    const auto& all() const { return owners_; }

   private:
    absl::flat_hash_map<std::string, std::shared_ptr<Bytes>> owners_;
    size_t sweep_above_ = 64;
  };

  const uint64_t limit_;
  Bytes total_{0};
  Counter refused_;

  mutable Mutex mu_;
  Owners clients_ ABSL_GUARDED_BY(mu_);
  Owners connections_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_UNSENT_BUDGET_H_
