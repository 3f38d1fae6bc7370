#ifndef VTLOOKUP_CORE_TASK_H_
#define VTLOOKUP_CORE_TASK_H_

#include "absl/functional/any_invocable.h"

namespace vtlookup {

// Work to be done once, or dropped: what it owns is then destroyed unrun.
using Task = absl::AnyInvocable<void() &&>;

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_TASK_H_
