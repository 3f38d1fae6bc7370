#ifndef VTLOOKUP_SERVER_GATEWAY_QUERY_H_
#define VTLOOKUP_SERVER_GATEWAY_QUERY_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace vtlookup {

// The functions are thread-safe, and take bytes of strangers.

// Decodes %XX, and `+` as a blank if `form`. InvalidArgument when a `%` is not
// followed by two hexadecimal digits, or when the result is not UTF-8.
absl::StatusOr<std::string> DecodePercent(std::string_view text, bool form);

// The parameters of a query or of a form, in their order.
class Parameters {
 public:
  // `what` names the text in errors: "query", "form". InvalidArgument as
  // DecodePercent, or for more than kMost parameters.
  static constexpr size_t kMost = 1000;
  static absl::StatusOr<Parameters> Parse(std::string_view text,
                                          std::string_view what);

  // Adds a parameter that is decoded already. InvalidArgument for more than
  // kMost parameters, or when one of the texts is not UTF-8.
  absl::Status Add(std::string_view name, std::string_view value);

  // The first value of the parameter; nullopt when it was not sent.
  std::optional<std::string_view> Get(std::string_view name) const;

  const std::vector<std::pair<std::string, std::string>>& all() const {
    return all_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_QUERY_H_
