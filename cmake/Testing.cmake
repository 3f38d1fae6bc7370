# How tests are run. Each test of GoogleTest is a test of ctest, so that ctest
# names the test that failed or was skipped, runs tests in parallel, and ends a
# test that hangs. The options of the sanitizers are in CMakePresets.json.
enable_testing()
include(GoogleTest)

# vtlookup_tests(NAME TIMEOUT seconds [PROCESSORS count]) makes a test of each
# test in the binary NAME. No test may take longer than TIMEOUT, or five times
# as long in a build with a sanitizer. A test with PROCESSORS 2 has a machine
# with two processors to itself.
function(vtlookup_tests name)
  cmake_parse_arguments(test "" "TIMEOUT;PROCESSORS" "" ${ARGN})
  if(NOT test_PROCESSORS)
    set(test_PROCESSORS 1)
  endif()
  if(VTLOOKUP_SANITIZE)
    math(EXPR test_TIMEOUT "${test_TIMEOUT} * 5")
  endif()
  gtest_discover_tests(
    ${name}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${test_TIMEOUT} PROCESSORS ${test_PROCESSORS})
endfunction()
