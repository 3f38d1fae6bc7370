# find_package(vtlookup): vtlookup::client, and vtlookup::fake for tests.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(absl CONFIG)
find_dependency(Protobuf)
find_dependency(gRPC CONFIG)
include(${CMAKE_CURRENT_LIST_DIR}/vtlookupTargets.cmake)
