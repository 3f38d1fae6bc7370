# The files that `cmake --install` installs. The component `runtime` becomes the
# Debian package vtlookup, and `dev` becomes libvtlookup-dev (Package.cmake).
include(GNUInstallDirs)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME runtime)
install(TARGETS vtlookupd vtlookup vtsim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# The client library. Its headers and those of the .proto files have a folder of
# their own, because other packages install google/rpc, too.
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/vtlookup)
install(
  TARGETS vtlookup_client vtlookup_fake vtlookup_protos
  EXPORT vtlookupTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
  INCLUDES
  DESTINATION ${headers})
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/client/vtlookup ${PROJECT_BINARY_DIR}/generated/
  DESTINATION ${headers}
  COMPONENT dev
  FILES_MATCHING
  PATTERN "*.h")
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/protos/vtlookup ${PROJECT_SOURCE_DIR}/protos/google
  DESTINATION ${CMAKE_INSTALL_DATADIR}/vtlookup/protos
  FILES_MATCHING
  PATTERN "*.proto")
install(
  EXPORT vtlookupTargets
  NAMESPACE vtlookup::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/vtlookup
  COMPONENT dev)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/vtlookupConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/vtlookupConfig.cmake
              ${PROJECT_BINARY_DIR}/vtlookupConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/vtlookup
        COMPONENT dev)
# A relative path, so that the installed tree can be moved.
file(RELATIVE_PATH PC_TO_HEADERS ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
     ${CMAKE_INSTALL_FULL_INCLUDEDIR}/vtlookup)
configure_file(${PROJECT_SOURCE_DIR}/cmake/vtlookup.pc.in
               ${PROJECT_BINARY_DIR}/vtlookup.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/vtlookup.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT dev)

install(FILES ${PROJECT_SOURCE_DIR}/docs/man/vtlookup.1
              ${PROJECT_SOURCE_DIR}/docs/man/vtsim.1
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/docs/man/vtlookupd.8
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
set(package ${PROJECT_SOURCE_DIR}/cmake/package)
install(FILES ${package}/vtlookupd.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_SOURCE_DIR}/README.md
              ${PROJECT_SOURCE_DIR}/docs/api-versions.md
              ${PROJECT_SOURCE_DIR}/docs/clients.md
              ${PROJECT_SOURCE_DIR}/docs/concepts.md
              ${PROJECT_SOURCE_DIR}/docs/configuration.md
              ${PROJECT_SOURCE_DIR}/docs/moving-from-the-plugin.md
              ${PROJECT_SOURCE_DIR}/docs/operation.md
              ${PROJECT_SOURCE_DIR}/docs/strangers.md
              ${package}/grafana.json ${package}/alerts.yml
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR}
        RENAME copyright)
install(FILES ${package}/nginx-front.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
# `etc` is beside a prefix that ends in `usr`, such as a Debian package's, and
# below any other prefix.
install(CODE "
  cmake_path(GET CMAKE_INSTALL_PREFIX FILENAME last)
  set(etc \${CMAKE_INSTALL_PREFIX}/etc)
  if(last STREQUAL usr)
    cmake_path(GET CMAKE_INSTALL_PREFIX PARENT_PATH etc)
    cmake_path(APPEND etc etc)
  endif()
  file(INSTALL DESTINATION \${etc}/vtlookup TYPE FILE FILES ${package}/vtlookupd.yml)")
foreach(shell bash zsh fish)
  set(script ${PROJECT_BINARY_DIR}/completion.${shell})
  install(CODE "execute_process(COMMAND $<TARGET_FILE:vtlookup> completion ${shell}
    OUTPUT_FILE ${script} COMMAND_ERROR_IS_FATAL ANY)")
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/completion.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME vtlookup)
install(FILES ${PROJECT_BINARY_DIR}/completion.zsh
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
        RENAME _vtlookup)
install(FILES ${PROJECT_BINARY_DIR}/completion.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
        RENAME vtlookup.fish)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/client/dnif/virustotal
        DESTINATION ${CMAKE_INSTALL_DATADIR}/vtlookup/dnif
        FILES_MATCHING PATTERN "*.py" PATTERN "dnifconfig.yml"
        PATTERN "__pycache__" EXCLUDE)
