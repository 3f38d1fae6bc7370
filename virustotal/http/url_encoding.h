#ifndef VTLOOKUP_VIRUSTOTAL_HTTP_URL_ENCODING_H_
#define VTLOOKUP_VIRUSTOTAL_HTTP_URL_ENCODING_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace vtlookup {

// Encodes `name=value&...` as application/x-www-form-urlencoded, which is also
// the form of a query string. The functions in this file are thread-safe.
std::string EncodeForm(
    std::initializer_list<std::pair<std::string_view, std::string_view>> form);

// Encodes a text as one segment of a path.
std::string EncodePathSegment(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_HTTP_URL_ENCODING_H_
