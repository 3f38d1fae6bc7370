# vtlookup_protos(NAME [ROOT FOLDER] FILES...) generates C++ code from .proto
# files and makes one library of it, without our warnings. The paths are below
# FOLDER, by default protos/. A file that declares a service also gets gRPC
# code.
function(vtlookup_protos name)
  cmake_parse_arguments(proto "" "ROOT" "" ${ARGN})
  if(NOT proto_ROOT)
    set(proto_ROOT ${PROJECT_SOURCE_DIR}/protos)
  endif()
  set(out ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(proto ${proto_UNPARSED_ARGUMENTS})
    set(file ${proto_ROOT}/${proto})
    string(REGEX REPLACE "\\.proto$" "" base ${proto})
    set(outputs ${out}/${base}.pb.cc ${out}/${base}.pb.h)
    set(plugin)
    file(STRINGS ${file} service REGEX "^service ")
    if(service)
      list(APPEND outputs ${out}/${base}.grpc.pb.cc ${out}/${base}.grpc.pb.h)
      set(plugin --grpc_out=${out}
                 --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN})
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${PROTOC} -I ${proto_ROOT} --cpp_out=${out}
              ${plugin} ${file}
      DEPENDS ${file}
      COMMENT "protoc ${proto}"
      VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  # For tools that read sources and need no build (the preset `tidy`).
  if(NOT TARGET generated_sources)
    add_custom_target(generated_sources)
  endif()
  add_custom_target(${name}_sources DEPENDS ${sources})
  add_dependencies(generated_sources ${name}_sources)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC $<BUILD_INTERFACE:${out}>)
  target_link_libraries(${name} PUBLIC gRPC::grpc++ protobuf::libprotobuf)
  target_precompile_headers(${name} PRIVATE <google/protobuf/message.h>
                            <google/protobuf/generated_message_reflection.h>)
endfunction()
