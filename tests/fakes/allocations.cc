#include "tests/fakes/allocations.h"

#include <cstdlib>
#include <new>

namespace vtlookup {
namespace {

thread_local uint64_t allocations = 0;

}  // namespace

uint64_t Allocations() { return allocations; }

}  // namespace vtlookup

#ifndef VTLOOKUP_SANITIZED
void* operator new(size_t size) {
  ++vtlookup::allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);
}
#endif
