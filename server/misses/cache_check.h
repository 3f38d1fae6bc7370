#ifndef VTLOOKUP_SERVER_MISSES_CACHE_CHECK_H_
#define VTLOOKUP_SERVER_MISSES_CACHE_CHECK_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "cache/cache.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/misses/flights.h"
#include "server/misses/waiting_room.h"
#include "server/verdicts/answer.h"
#include "virustotal/upstream.h"

namespace vtlookup {

// Looks at the cache again for lookups that the fast path could not answer,
// reads the disk if memory does not know the entry, and decides whether the
// entry answers the lookup. Loop only.
class CacheCheck {
 public:
  // A lookup that has come to the loop.
  struct Arrival {
    Indicator indicator;
    Purpose purpose;
    Waiter waiter;
    bool unread;  // see Miss
  };

  // Receives the result for each waiter that was checked: exactly one function
  // is called, once, on the loop, unless Take has taken the waiter back.
  class Results {
   public:
    virtual ~Results() = default;
    // The cached `answer` answers the lookup.
    virtual void Settle(Waiter waiter, const Indicator& indicator,
                        Answer answer) = 0;
    // VirusTotal must be asked. `previous` is the cached entry, which does not
    // answer the lookup.
    virtual void Join(const Indicator& indicator, Purpose purpose,
                      Waiter waiter, std::optional<Cache::Found> previous) = 0;
    // The lookup may use the cache only, and no cached entry answers it:
    // NotFound, NOT_CACHED.
    virtual void Finish(Waiter waiter, absl::StatusOr<Answer> answer) = 0;
    // The disk must be read, and the waiting room has no seat for the waiter.
    // `why`: the failure of WaitingRoom::Enter.
    virtual void Refuse(Waiter waiter, const absl::Status& why) = 0;
  };

  // Borrows all arguments; they must outlive the loop.
  CacheCheck(const Clock& clock, Loop& loop, Cache& cache, WaitingRoom& room,
             Results& results)
      : clock_(clock),
        loop_(loop),
        cache_(cache),
        room_(room),
        results_(results) {}

  // Checks all arrivals. An arrival that memory can decide has its result when
  // this returns; the others are read from disk in one batch.
  void Check(std::vector<Arrival> arrivals);

  // Gives the waiter its result. `found`: the cached entry.
  void Decide(const Indicator& indicator, Purpose purpose, Waiter waiter,
              std::optional<Cache::Found> found);

  // Takes back a waiter for which the disk is being read; that waiter gets no
  // result. Nothing if there is no such waiter.
  std::optional<Waiter> Take(WaiterId id);
  std::vector<Waiter> TakeAll();

  // The number of waiters for which the disk is being read.
  size_t size() const { return reading_.size(); }

 private:
  void Read(std::vector<Arrival> arrivals);
  void OnRead(WaiterId id, const Indicator& indicator, Purpose purpose,
              std::optional<Cache::Found> found);

  const Clock& clock_;
  Loop& loop_;
  Cache& cache_;
  WaitingRoom& room_;
  Results& results_;
  absl::flat_hash_map<WaiterId, Waiter> reading_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_CACHE_CHECK_H_
