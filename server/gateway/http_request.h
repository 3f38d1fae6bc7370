#ifndef VTLOOKUP_SERVER_GATEWAY_HTTP_REQUEST_H_
#define VTLOOKUP_SERVER_GATEWAY_HTTP_REQUEST_H_

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace vtlookup {

// What Beast has read of a request. The functions are pure.
using Parser =
    boost::beast::http::request_parser<boost::beast::http::string_body>;

inline std::string_view Std(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// The value of a header; empty when the request does not have it.
inline std::string HeaderOf(const Parser& parser, const char* name) {
  const auto found = parser.get().find(name);
  return found == parser.get().end() ? "" : std::string(Std(found->value()));
}

// How many headers of this name the request has.
inline size_t CountOf(const Parser& parser, const char* name) {
  const auto range = parser.get().equal_range(name);
  return static_cast<size_t>(std::distance(range.first, range.second));
}

inline std::string_view PathOf(const Parser& parser) {
  const std::string_view target = Std(parser.get().target());
  return target.substr(0, target.find('?'));
}

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_HTTP_REQUEST_H_
