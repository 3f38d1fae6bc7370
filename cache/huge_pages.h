#ifndef VTLOOKUP_CACHE_HUGE_PAGES_H_
#define VTLOOKUP_CACHE_HUGE_PAGES_H_

#include <cstddef>
#include <memory_resource>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/mutex.h"

namespace vtlookup {

// Memory for many small things that are read at random, in the machine's large
// pages where it has them: what is spread over small ones costs a walk through
// the page tables for each. What is given back is not used again, so a pool
// belongs on top. Thread-safe.
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
