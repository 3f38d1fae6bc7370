#ifndef VTLOOKUP_CORE_TASK_H_
#define VTLOOKUP_CORE_TASK_H_

#include "absl/functional/any_invocable.h"

namespace vtlookup {

// A function that runs at most once. A task that is dropped does not run; the
// objects that it owns are destroyed.
using Task = absl::AnyInvocable<void() &&>;

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_TASK_H_
