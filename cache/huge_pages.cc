#include "cache/huge_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>

namespace vtlookup {
namespace {

constexpr size_t kSmallPage = 4096;
constexpr size_t kHugePage = 2U << 20;
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
    at = AddRegion(bytes, alignment);
  }
  next_ = static_cast<char*>(at) + bytes;
  left_ -= bytes;
  return at;
}

// Returns the first place in a new region that is aligned and has room for
// `bytes`, and sets `left_` for it.
void* HugePages::AddRegion(size_t bytes, size_t alignment) {
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();  // sums would overflow
  const size_t usual = regions_.empty()
                           ? kFirstRegion
                           : std::min(2 * regions_.back().size, kLargestRegion);
  const bool large = std::max(bytes, usual) >= kHugePage;
  // The system aligns a region to a small page only.
  if (large) alignment = std::max(alignment, kHugePage);
  const size_t spare = alignment > kSmallPage ? alignment : 0;
  const size_t size = std::max(bytes, usual) + spare;
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  if (large) madvise(at, size, MADV_HUGEPAGE);  // on failure pages stay small
  regions_.push_back({at, size});
  left_ = size;
  return std::align(alignment, bytes, at, left_);
}

}  // namespace vtlookup
