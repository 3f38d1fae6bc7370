#ifndef VTLOOKUP_CACHE_HUGE_PAGES_H_
#define VTLOOKUP_CACHE_HUGE_PAGES_H_

#include <cstddef>
#include <memory_resource>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/mutex.h"

namespace vtlookup {

// A memory resource for many small objects that are read at random. It uses the
// machine's huge pages where it can: with small pages, nearly each read would
// also walk the page tables. Freed memory is not used again before the
// destructor, so put a pool on top. Throws std::bad_alloc when the system has
// no memory. Thread-safe.
class HugePages final : public std::pmr::memory_resource {
 public:
  HugePages() = default;
  HugePages(const HugePages&) = delete;
  HugePages& operator=(const HugePages&) = delete;
  ~HugePages() override;

 private:
  struct Region {
    void* address;
    size_t size;
  };

  void* do_allocate(size_t bytes, size_t alignment) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void* AddRegion(size_t bytes, size_t alignment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void do_deallocate(void* /*p*/, size_t /*bytes*/,
                     size_t /*alignment*/) override {}
  bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }

  Mutex mu_;
  std::vector<Region> regions_ ABSL_GUARDED_BY(mu_);
  char* next_ ABSL_GUARDED_BY(mu_) = nullptr;
  size_t left_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_HUGE_PAGES_H_
