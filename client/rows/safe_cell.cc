#include "client/rows/safe_cell.h"

#include "core/safe_text.h"

namespace vtlookup {
namespace {

constexpr std::string_view kFormulas = "=+-@\t\r";

}  // namespace

std::string SafeCell(std::string_view text) {
  const bool formula =
      !text.empty() && kFormulas.find(text.front()) != std::string_view::npos;
  return (formula ? "'" : "") + WithControlsEscaped(text);
}

}  // namespace vtlookup
