#include "cache/huge_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <memory>
#include <new>

namespace vtlookup {
namespace {

constexpr size_t kPage = 2U << 20;
// Regions double in size, so that a small cache takes little memory.
constexpr size_t kFirstRegion = 256U << 10;
constexpr size_t kLargestRegion = 64U << 20;

}  // namespace

HugePages::~HugePages() {
  for (const Region& region : regions_) munmap(region.address, region.size);
}

void* HugePages::do_allocate(size_t bytes, size_t alignment) {
  MutexLock lock(mu_);
  void* at = next_;
  if (std::align(alignment, bytes, at, left_) == nullptr) {
    const size_t usual =
        regions_.empty() ? kFirstRegion
                         : std::min(2 * regions_.back().size, kLargestRegion);
    const bool large = std::max(bytes, usual) >= kPage;
    const size_t size = std::max(bytes, usual) + (large ? kPage : 0);
    void* const region = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) throw std::bad_alloc();
    regions_.push_back({region, size});
    at = region;
    left_ = size;
    if (large) {
      madvise(region, size, MADV_HUGEPAGE);  // on failure the pages stay small
      std::align(kPage, bytes, at, left_);
    }
  }
  next_ = static_cast<char*>(at) + bytes;
  left_ -= bytes;
  return at;
}

}  // namespace vtlookup
