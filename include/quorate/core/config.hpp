// What every header includes: what it needs of the compiler, and the assertion, the one macro.
#pragma once

#include "quorate/core/standard.hpp"

// QUORATE_ASSERT(condition, parts...): what must be true, and the sentence to say when it is not, of parts as
// part.hpp has them. It is on as assert() is: off under NDEBUG, where not even the condition is evaluated. On, it
// prints one line and aborts; in a constant it is an error of the compiler. A QUORATE_ASSERT of your own, defined
// before the first of quorate's headers, takes its place, and is on whatever NDEBUG says. As with assert(), all
// files of a program are compiled with it, or all without.
#ifdef QUORATE_ASSERT
#define QUORATE_ASSERTS 1
#elif defined(NDEBUG)
#define QUORATE_ASSERTS 0
#define QUORATE_ASSERT(...) static_cast<void>(sizeof(::quorate::detail::not_evaluated(__VA_ARGS__)))
#else
#define QUORATE_ASSERTS 1
#include "quorate/core/failed_assertion.hpp"
#define QUORATE_ASSERT(condition, ...)                                                                            \
  ((condition) ? static_cast<void>(0)                                                                             \
               : ::quorate::detail::assertion_failed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__))
#endif

namespace quorate {

// Whether this file is compiled with assertions, for what must be kept so that they can be made.
constexpr bool asserts = QUORATE_ASSERTS;
#undef QUORATE_ASSERTS

namespace detail {
template <class... Parts>
char not_evaluated(Parts const&...);
} // namespace detail

} // namespace quorate
