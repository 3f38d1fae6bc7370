#ifndef VTLOOKUP_SERVER_GATEWAY_HTTP_TLS_H_
#define VTLOOKUP_SERVER_GATEWAY_HTTP_TLS_H_

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/transport/tls.h"

namespace vtlookup {

// The side of TLS that OpenSSL does for the gateway.

// Makes a context of these files: TLS 1.2 and later, HTTP/1.1 by ALPN, and with
// `client_ca` a certificate that the client must show. FailedPrecondition when
// OpenSSL does not take a file. Thread-safe.
absl::StatusOr<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const Tls::Files& files);

// Returns the common name, DNS names and URIs of the certificate that the peer
// has shown and that was verified; none if it has shown none. `ssl` is in use
// by the caller only.
std::vector<std::string> PeerNamesOf(SSL* ssl);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_HTTP_TLS_H_
