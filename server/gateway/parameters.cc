#include "server/gateway/parameters.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {
namespace {

absl::Status WrongForm(const char* what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the form cannot be read: ", what));
}

// Returns the value of `name=` in the headers of a part; empty when they
// have none.
std::string_view NameIn(std::string_view headers) {
  constexpr std::string_view kName = "name=";
  size_t at = headers.find(kName);
  // Not the `name=` of `filename=`.
  while (at != std::string_view::npos && headers[at - 1] != ' ' &&
         headers[at - 1] != ';') {
    at = headers.find(kName, at + 1);
  }
  if (at == std::string_view::npos) return {};
  const std::string_view rest = headers.substr(at + kName.size());
  if (rest.starts_with('"')) return rest.substr(1, rest.find('"', 1) - 1);
  return rest.substr(0, rest.find_first_of("; \r\n"));
}

// Reads a body of multipart/form-data (RFC 7578). Its first line is the
// delimiter between the parts, whatever the header has named.
absl::Status ReadMultipart(std::string_view body, Parameters* parameters) {
  constexpr std::string_view kEnd = "\r\n";
  const size_t line = body.find(kEnd);
  if (!body.starts_with("--") || line == std::string_view::npos) {
    return WrongForm("it does not begin with a boundary");
  }
  const std::string delimiter = "\r\n" + std::string(body.substr(0, line));
  size_t at = line;  // behind a delimiter
  while (body.substr(at, 2) == kEnd) {
    const size_t head_end = body.find("\r\n\r\n", at);
    const size_t end = body.find(delimiter, at);
    // A part whose headers run into the next part would take its value.
    if (head_end == std::string_view::npos || end == std::string_view::npos ||
        head_end + 4 > end) {
      return WrongForm(
          "a part has no empty line behind its headers, or no boundary behind "
          "it");
    }
    const std::string_view name = NameIn(body.substr(at, head_end - at));
    if (name.empty()) return WrongForm("a part has no name");
    const size_t begin = head_end + 4;
    if (absl::Status added =
            parameters->Add(name, body.substr(begin, end - begin));
        !added.ok()) {
      return added;
    }
    at = end + delimiter.size();
  }
  if (body.substr(at, 2) != "--") {
    return WrongForm("the closing boundary (`--boundary--`) is missing");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Parameters> ReadParameters(const GatewayRequest& request) {
  absl::StatusOr<Parameters> all = Parameters::Parse(request.query, "query");
  if (!all.ok()) return BadField("query", ToStd(all.status().message()));
  if (request.body.empty()) return all;
  if (request.content_type == "multipart/form-data") {
    if (absl::Status read = ReadMultipart(request.body, &*all); !read.ok()) {
      return BadField("body", ToStd(read.message()));
    }
    return all;
  }
  if (request.content_type != "application/x-www-form-urlencoded") {
    return BadField("Content-Type",
                    "must be application/x-www-form-urlencoded or "
                    "multipart/form-data");
  }
  const absl::StatusOr<Parameters> form =
      Parameters::Parse(request.body, "form");
  if (!form.ok()) return BadField("body", ToStd(form.status().message()));
  for (const auto& [name, value] : form->all()) {
    if (absl::Status added = all->Add(name, value); !added.ok()) {
      return BadField("body", ToStd(added.message()));
    }
  }
  return all;
}

absl::Status ReadOrigin(const Parameters& parameters, absl::Time now,
                        GatewayRequest* request) {
  std::string key = request->api_key;
  if (const auto parameter = parameters.Get("apikey");
      parameter.has_value() && !parameter->empty()) {
    if (!key.empty() && key != *parameter) {
      return BadField("apikey", "differs from the header x-apikey; send one");
    }
    key = *parameter;
  }
  std::string& token = request->origin.token;
  if (!key.empty() && !token.empty() && key != token) {
    return BadField("x-apikey",
                    "differs from the Authorization header; send one");
  }
  if (token.empty()) token = std::move(key);
  const auto timeout = parameters.Get("timeout");
  if (!timeout.has_value()) return absl::OkStatus();
  absl::Duration length;
  if (!absl::ParseDuration(ToAbsl(*timeout), &length) ||
      length <= absl::ZeroDuration()) {
    return BadField("timeout", "must be a duration above 0, such as 30s");
  }
  request->origin.deadline = now + length;
  return absl::OkStatus();
}

}  // namespace vtlookup
