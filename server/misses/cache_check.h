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

// Looks at the cache once more for lookups that the fast path could not answer,
// reads the disk where memory does not know, and decides whether the entry will
// do. Loop only.
class CacheCheck {
 public:
  struct Arrival {
    Indicator indicator;
    Ask ask;
    Waiter waiter;
    bool unread;  // see Miss
  };

  // What becomes of a waiter that was checked. For each one function is called,
  // once, on the loop.
  class Results {
   public:
    virtual ~Results() = default;
    // The cached `answer` will do.
    virtual void Settle(Waiter waiter, const Indicator& indicator,
                        Answer answer) = 0;
    // VirusTotal must be asked. `previous` is what is cached and will not do.
    virtual void Join(const Indicator& indicator, Ask ask, Waiter waiter,
                      std::optional<Cache::Found> previous) = 0;
    // The lookup may use the cache only, and nothing there will do.
    virtual void Finish(Waiter waiter, absl::StatusOr<Answer> answer) = 0;
    // No seat is left for a waiter while the disk is read.
    virtual void Refuse(Waiter waiter, const absl::Status& why) = 0;
  };

  // Borrows all, which must outlive the loop.
  CacheCheck(const Clock& clock, Loop& loop, Cache& cache, WaitingRoom& room,
             Results& results)
      : clock_(clock),
        loop_(loop),
        cache_(cache),
        room_(room),
        results_(results) {}

  void Check(std::vector<Arrival> arrivals);

  // Decides about a waiter; `found` is what is cached.
  void Decide(const Indicator& indicator, Ask ask, Waiter waiter,
              std::optional<Cache::Found> found);

  // Takes back a waiter for which the disk is read; nothing if there is none
  // with this id. It then gets no result.
  std::optional<Waiter> Take(WaiterId id);
  std::vector<Waiter> TakeAll();

  // Waiters for which the disk is read.
  size_t size() const { return reading_.size(); }

 private:
  void Read(std::vector<Arrival> arrivals);
  void OnRead(WaiterId id, const Indicator& indicator, Ask ask,
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
