#include "client/command/exit_status.h"

#include <cstdio>

#include "core/safe_text.h"
#include "core/secret.h"

namespace vtlookup {

int Complain(const std::string& what) {
  const std::string shown = WithControlsEscaped(Shown(what));
  std::fprintf(stderr, "vtlookup: %s (see vtlookup --help)\n", shown.c_str());
  return kUsage;
}

}  // namespace vtlookup
