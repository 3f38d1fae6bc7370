cmake_minimum_required(VERSION 3.25)

# Fails on an include that the layering does not allow. Run by ctest:
#   cmake -D ROOT=<source folder> -P CheckLayers.cmake
#
# A folder may include itself, what its line names, and nothing else of ours;
# <library> headers outside its own libraries are refused too.
set(core_may)
set(cache_may core)
set(virustotal_may core vtlookup google/rpc)
set(server_may core cache virustotal vtlookup google/rpc grpc/health grpc/reflection)
set(client/vtlookup_may client vtlookup google/rpc grpc/health)
set(client/command_may client core vtlookup google/rpc grpc/health)
set(client/example_may client vtlookup google/rpc grpc/health)
set(tests/sim_may)

set(ours core cache virustotal server client tests vtlookup google/rpc)

set(rocksdb_only cache)
set(curl_only virustotal)
set(clients client/vtlookup client/command client/example)
set(simdjson_only virustotal ${clients})
set(grpcpp_only server ${clients})
set(grpc_only server ${clients})
set(microhttpd_only server)
set(systemd_only server)
set(openssl_only server virustotal tests/sim)
set(prometheus_only server)
set(CLI_only client/command)
set(yaml-cpp_only server)
set(spdlog_only server)
set(event2_only tests/sim)

set(broken 0)
# Kept in one place with the table in ARCHITECTURE.md.
foreach(folder core cache virustotal server ${clients} tests/sim)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.h
       ${ROOT}/${folder}/*.cc)
  foreach(file ${files})
    file(STRINGS ${ROOT}/${file} includes REGEX "^ *#include")
    foreach(line ${includes})
      string(REGEX REPLACE "^ *#include [\"<]([^\">]+)[\">].*" "\\1" path "${line}")
      foreach(other ${ours})
        if(path MATCHES "^${other}/" AND NOT path MATCHES "^${folder}/"
           AND NOT other IN_LIST ${folder}_may)
          message(SEND_ERROR "${file}: ${folder} may not include ${path}")
          set(broken 1)
        endif()
      endforeach()
      foreach(library rocksdb curl simdjson grpcpp grpc yaml-cpp spdlog event2 microhttpd
                      systemd openssl
                      prometheus CLI)
        if(path MATCHES "^${library}[/.]" AND NOT folder IN_LIST ${library}_only)
          message(SEND_ERROR "${file}: ${folder} may not use ${library}")
          set(broken 1)
        endif()
      endforeach()
    endforeach()
  endforeach()
endforeach()
if(NOT broken)
  message("layers: every include is allowed")
endif()
