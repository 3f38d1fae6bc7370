cmake_minimum_required(VERSION 3.25)

# Runs CheckLayers.cmake on small trees: one is right, and each of the others
# has one mistake.
#   cmake -D CHECK=<CheckLayers.cmake> -D FOLDER=<scratch> -P check_layers_test.cmake
set(failed 0)

# Makes a tree with a table and one source, which contains `include`. The output
# of CheckLayers must contain `expected`.
function(expect name table include expected)
  set(root ${FOLDER}/${name})
  file(REMOVE_RECURSE ${root})
  file(WRITE ${root}/table.cmake "${table}")
  file(WRITE ${root}/server/misses/a.cc "${include}\n")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D ROOT=${root} -D TABLE=${root}/table.cmake -P ${CHECK}
    RESULT_VARIABLE code
    ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  string(FIND "${said}" "${expected}" found)
  if(found EQUAL -1)
    message(SEND_ERROR "${name}: expected \"${expected}\", got: ${said}")
  endif()
  if(expected MATCHES "every include" AND NOT code EQUAL 0)
    message(SEND_ERROR "${name}: exit code ${code}")
  elseif(NOT expected MATCHES "every include" AND code EQUAL 0)
    message(SEND_ERROR "${name}: a mistake, and the exit code is 0")
  endif()
endfunction()

set(table
    "layer(core LIBRARIES idn2)\nlayer(server/rpc GRPC MAY core)\nlayer(server/misses MAY core protos)\n"
)
expect(right "${table}" "#include \"core/clock.h\"" "every include is allowed")
expect(own "${table}" "#include \"server/misses/b.h\"" "every include is allowed")
expect(messages "${table}" "#include \"vtlookup/v1/verdict.pb.h\""
       "every include is allowed")
expect(folder "${table}" "#include \"server/rpc/rpc.h\""
       "server/misses may not include server/rpc/rpc.h")
expect(tests "${table}" "#include \"tests/fakes/fake_clock.h\""
       "server/misses may not include tests/")
expect(library "${table}" "#include <idn2.h>" "server/misses may not use idn2")
expect(grpc "${table}" "#include <grpcpp/grpcpp.h>" "server/misses may not see gRPC")
expect(service "${table}" "#include \"vtlookup/v1/lookup.grpc.pb.h\""
       "server/misses may not see gRPC")
expect(
  through_another
  "layer(core GRPC)\nlayer(server/parts MAY core)\nlayer(server/misses MAY server/parts)\n"
  "" "server/misses may not see gRPC: server/misses -> server/parts -> core")
expect(cycle "layer(core MAY server/misses)\nlayer(server/misses MAY core)\n" ""
       "a cycle in the table: core -> server/misses -> core")
expect(unknown "layer(server/misses MAY cache)\n" ""
       "server/misses may include cache, which has no line")
expect(no_line "layer(core)\n" "" "its folder has no line")
