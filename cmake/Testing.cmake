# How tests are run. Each test of GoogleTest is a test of ctest, so that ctest
# names the test that failed or was skipped, runs tests in parallel, and ends a
# test that hangs. The options of the sanitizers are in CMakePresets.json.
enable_testing()
include(GoogleTest)

# vtlookup_tests(NAME TIMEOUT seconds [PROCESSORS count]) makes a test of each
# test in the binary NAME; none may take longer than TIMEOUT. A test with
# PROCESSORS 2 has a machine with two processors to itself. A binary with
# AddressSanitizer takes 0.2 s to start, so with a sanitizer the tests are run in
# `shards` processes instead, each within ten times the TIMEOUT.
set(shards 8)
function(vtlookup_tests name)
  cmake_parse_arguments(test "" "TIMEOUT;PROCESSORS" "" ${ARGN})
  if(NOT test_PROCESSORS)
    set(test_PROCESSORS 1)
  endif()
  if(NOT VTLOOKUP_SANITIZE)
    gtest_discover_tests(
      ${name}
      DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 60
      NO_PRETTY_VALUES
      PROPERTIES TIMEOUT ${test_TIMEOUT} PROCESSORS ${test_PROCESSORS})
    return()
  endif()
  math(EXPR timeout "${test_TIMEOUT} * 10")
  math(EXPR last "${shards} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}_${shard} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(
      ${name}_${shard}
      PROPERTIES TIMEOUT ${timeout} PROCESSORS ${test_PROCESSORS} ENVIRONMENT
                 "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()
