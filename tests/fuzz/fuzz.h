#ifndef VTLOOKUP_TESTS_FUZZ_FUZZ_H_
#define VTLOOKUP_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vtlookup {

// Each function takes any bytes, and aborts when the parser breaks one of its
// promises. A crash that a fuzzer finds becomes a file in tests/fuzz/corpus.
void FuzzIndicator(std::string_view data);
void FuzzDialectV2(std::string_view data);
void FuzzDialectV3(std::string_view data);
void FuzzHttpRequest(std::string_view data);

}  // namespace vtlookup

// The entry point of libFuzzer. In unit_tests, corpus_test.cc calls the
// functions instead.
#ifdef VTLOOKUP_LIBFUZZER
#define VTLOOKUP_FUZZER(function)                                           \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    vtlookup::function({reinterpret_cast<const char*>(data), size});        \
    return 0;                                                               \
  }
#else
#define VTLOOKUP_FUZZER(function)
#endif

#endif  // VTLOOKUP_TESTS_FUZZ_FUZZ_H_
