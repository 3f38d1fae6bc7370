# The table of the layers: which folder may include which, and which libraries
# it may use. A folder's subfolders belong to it unless they have a line of
# their own. ARCHITECTURE.md says what each folder is for.
# `cmake/CheckLayers.cmake` checks the code against this table.
#
# `protos` stands for the code that is generated from the .proto files. GRPC
# marks the folders that may see gRPC. The other folders must not see it, not
# even through the headers that they include. `client` stands for the headers of
# the client library, <vtlookup/...>.
layer(core LIBRARIES idn2)
layer(cache MAY core LIBRARIES rocksdb zlib)
layer(virustotal/http MAY core LIBRARIES curl)
layer(virustotal/keys MAY core virustotal/http LIBRARIES zlib)
layer(virustotal/api MAY core protos virustotal/http virustotal/keys
      LIBRARIES simdjson openssl)
layer(virustotal/v2 MAY core protos virustotal/http virustotal/api)
layer(virustotal/v3 MAY core protos virustotal/http virustotal/keys virustotal/api)
layer(virustotal MAY core virustotal/http virustotal/keys virustotal/api virustotal/v2
                     virustotal/v3)
layer(server/proto MAY core protos)
layer(server/privacy MAY core protos LIBRARIES libpsl)
layer(server/config MAY core protos server/proto server/privacy LIBRARIES yaml-cpp)
layer(server/clients GRPC MAY core protos LIBRARIES spdlog nlohmann openssl)
layer(server/transport GRPC MAY core protos server/proto
      LIBRARIES spdlog nlohmann openssl)
layer(server/verdicts MAY core protos cache virustotal virustotal/keys virustotal/api
                          server/proto)
layer(server/misses MAY core protos cache virustotal virustotal/keys server/proto
                        server/verdicts)
layer(server/lookup GRPC MAY core protos cache virustotal virustotal/keys server/proto
                             server/privacy server/clients server/transport
                             server/verdicts server/misses)
layer(server/gateway GRPC MAY client client/rows core protos cache virustotal virustotal/keys
                              virustotal/api server/proto server/privacy server/clients server/transport
                              server/verdicts server/misses server/lookup
      LIBRARIES boost openssl simdjson nlohmann spdlog)
layer(server/operators GRPC MAY core protos cache virustotal virustotal/keys server/proto
                                server/privacy server/clients server/transport
                                server/verdicts server/misses server/lookup
                                server/gateway
      LIBRARIES spdlog nlohmann prometheus microhttpd)
layer(server GRPC MAY core protos cache virustotal virustotal/http virustotal/keys
                      virustotal/api virustotal/v3 server/proto server/privacy server/config
                      server/clients server/transport server/verdicts server/misses
                      server/lookup server/gateway server/operators
      LIBRARIES spdlog systemd)
layer(client/vtlookup GRPC MAY client protos LIBRARIES simdjson nlohmann)
layer(client/rows MAY client core LIBRARIES simdjson nlohmann)
layer(client/command GRPC MAY client client/vtlookup client/rows core protos
      LIBRARIES simdjson nlohmann CLI)
layer(client/example GRPC MAY client client/vtlookup protos
      LIBRARIES simdjson nlohmann)
layer(sim LIBRARIES event2 openssl zlib nlohmann)
