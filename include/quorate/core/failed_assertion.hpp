// What QUORATE_ASSERT does when what it says is not true: one line, and the program ends. Part of config.hpp, and
// included only where assertions are on.
#pragma once

#include "quorate/core/part.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace quorate::detail {

// "file.hpp:12: quorate: a sentence with its values (what was asserted)".
[[noreturn, gnu::cold]] inline void say_and_abort(char const* file, int line, char const* condition,
                                                  part const* parts, std::size_t count) {
  short_text<500> said;
  for (std::size_t i = 0; i < count; ++i) append(said, parts[i]);
  std::fprintf(stderr, "%s:%d: quorate: %s%s%s%s\n", file, line, said.c_str(), count == 0 ? "" : " (", condition,
               count == 0 ? " is not true" : ")");
  std::abort();
}

template <class... Parts>
[[noreturn, gnu::cold, gnu::noinline]] void assertion_failed(char const* file, int line, char const* condition,
                                                             Parts const&... parts) {
  part const all[sizeof...(Parts) + 1] = {part_of(parts)...};
  say_and_abort(file, line, condition, all, sizeof...(Parts));
}

} // namespace quorate::detail
