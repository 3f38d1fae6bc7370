# Writes SOURCE from TEMPLATE, with the content of OPENAPI_FILE. A script, because
# openapi.json is made by the build and not yet there when CMake configures it.
file(READ ${OPENAPI_FILE} OPENAPI_JSON)
configure_file(${CMAKE_CURRENT_LIST_DIR}/${TEMPLATE} ${SOURCE} @ONLY)
