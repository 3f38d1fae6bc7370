#ifndef VTLOOKUP_TESTS_SANITIZERS_H_
#define VTLOOKUP_TESTS_SANITIZERS_H_

namespace vtlookup {

// Whether this build has a sanitizer. Under one, limits of time and memory mean
// nothing.
#ifdef VTLOOKUP_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

#ifdef VTLOOKUP_THREAD_SANITIZED
inline constexpr bool kThreadSanitized = true;
#else
inline constexpr bool kThreadSanitized = false;
#endif

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SANITIZERS_H_
