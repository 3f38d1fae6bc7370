# All our code has one C++ standard, one set of warnings and one set of
# sanitizers. Generated code is compiled without the warnings (Protos.cmake).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# -O1, so that the tests of a debug build are not too slow.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

# Objects are shared between all clones of one user: paths within the clone are
# hashed relative to it. CCACHE_MAXSIZE is large enough for the objects of all
# presets.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_MAXSIZE=20G ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

if(VTLOOKUP_SANITIZE)
  add_compile_options(-fsanitize=${VTLOOKUP_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${VTLOOKUP_SANITIZE})
  add_compile_definitions(VTLOOKUP_SANITIZED)
endif()
if(VTLOOKUP_SANITIZE STREQUAL "thread")
  # With __SANITIZE_THREAD__ protobuf's headers give classes with maps another
  # layout than Debian's library has, so they must not see the macro. libstdc++
  # must know of the sanitizer, and gets _GLIBCXX_TSAN instead.
  add_compile_options(-U__SANITIZE_THREAD__)
  add_compile_definitions(VTLOOKUP_THREAD_SANITIZED _GLIBCXX_TSAN=1)
endif()

# Every target of ours links this: it has the warnings and the include root.
add_library(vtlookup_options INTERFACE)
target_include_directories(vtlookup_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(
  vtlookup_options
  INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
            $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
            # g++ 12 gives false alarms in inlined library code at -O2.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict
            -Wno-maybe-uninitialized
            -Wno-stringop-overflow
            -Wno-stringop-overread
            -Wno-array-bounds>)
if(VTLOOKUP_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ThreadSanitizer does not know fences, and g++ warns of each; libraries use
  # them correctly.
  target_compile_options(vtlookup_options INTERFACE -Wno-tsan)
endif()

# vtlookup_library(NAME SOURCES... ) makes the library of one folder.
function(vtlookup_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC $<BUILD_INTERFACE:vtlookup_options>)
endfunction()
