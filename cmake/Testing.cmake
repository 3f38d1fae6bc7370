# How tests are run: each binary is one ctest, with the settings that the
# sanitizers need.
enable_testing()

set(SANITIZER_ENVIRONMENT
    "ASAN_OPTIONS=detect_stack_use_after_return=1"
    "UBSAN_OPTIONS=print_stacktrace=1"
    "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp report_atomic_races=0"
)

# vtlookup_test(NAME TIMEOUT seconds)
function(vtlookup_test name)
  cmake_parse_arguments(test "" "TIMEOUT" "" ${ARGN})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${test_TIMEOUT} ENVIRONMENT
                                          "${SANITIZER_ENVIRONMENT}")
endfunction()
