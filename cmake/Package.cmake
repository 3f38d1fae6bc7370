# Makes the Debian packages: run `cpack` in a build whose prefix is /usr, such
# as that of the preset `package`.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME vtlookup)
set(CPACK_PACKAGE_CONTACT "the vtlookup authors <vtlookup@example.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "VirusTotal lookups from a cache, over gRPC")
set(CPACK_COMPONENTS_ALL runtime dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME vtlookup)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "publicsuffix, ca-certificates")
set(package ${PROJECT_SOURCE_DIR}/cmake/package)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA
    ${package}/postinst ${package}/prerm ${package}/postrm ${package}/conffiles)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
    "The daemon vtlookupd, the command vtlookup, and the DNIF plugin.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libvtlookup-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libgrpc++-dev, libprotobuf-dev, libabsl-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION "The C++ client library.")
include(CPack)
