# Most of the time of a build goes into reading headers, so targets of the same
# kind share a precompiled header. It hides no missing include for long: `./test
# --tidy` reads the sources without it, and CheckLayers reads their text.

# precompile(TARGETS HEADERS...) precompiles HEADERS for TARGETS, a list. gcc
# takes a precompiled header only where all macros are defined that were defined
# when it was made; so the first target must be the one with the fewest.
function(precompile targets)
  list(POP_FRONT targets first)
  target_precompile_headers(${first} PRIVATE ${ARGN})
  foreach(target ${targets})
    target_precompile_headers(${target} REUSE_FROM ${first})
  endforeach()
endfunction()

set(std <algorithm> <functional> <memory> <optional> <string> <utility> <vector>)
set(absl <absl/container/flat_hash_map.h> <absl/status/statusor.h>
         <absl/strings/str_cat.h> <absl/time/time.h>)

precompile("vtlookup_core;vtlookup_cache;vtlookup_virustotal_http;vtlookup_virustotal_keys"
           ${std} ${absl})
precompile("vtlookup_virustotal;vtlookup_virustotal_api;vtlookup_virustotal_v2;vtlookup_virustotal_v3"
           ${std} ${absl} <vtlookup/v1/verdict.pb.h>)
# The rooms of the server that do not see gRPC, and those that do.
precompile("vtlookup_server_proto;vtlookup_server_privacy;vtlookup_server_config;vtlookup_server_verdicts;vtlookup_server_misses"
           ${std} ${absl} <vtlookup/v1/config.pb.h> <vtlookup/v1/lookup.pb.h>)
precompile("vtlookup_server_lookup;vtlookup_server_clients;vtlookup_server_transport;vtlookup_server_operators;vtlookup_server"
           ${std} ${absl} <grpcpp/grpcpp.h> <vtlookup/v1/admin.grpc.pb.h>
           <vtlookup/v1/config.pb.h> <vtlookup/v1/lookup.grpc.pb.h>)
precompile("vtlookup_client;vtlookup_fake" <grpcpp/grpcpp.h>
           <vtlookup/v1/lookup.grpc.pb.h>)
precompile(vtlookup_command <CLI/CLI.hpp> <grpcpp/grpcpp.h> <nlohmann/json.hpp>
           <vtlookup/v1/lookup.grpc.pb.h>)
precompile(vtlookup_sim ${std} <nlohmann/json.hpp>)
