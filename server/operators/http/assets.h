#ifndef VTLOOKUP_SERVER_OPERATORS_HTTP_ASSETS_H_
#define VTLOOKUP_SERVER_OPERATORS_HTTP_ASSETS_H_

namespace vtlookup {

// A file of server/http/page, built into the program.
struct Asset {
  const char* path;
  const char* type;
  const char* content;
};

// Made by CMake.
extern const Asset kAssets[3];

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_HTTP_ASSETS_H_
