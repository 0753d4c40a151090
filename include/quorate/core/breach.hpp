// How a property says what breaks it. A property is a function that returns bool and takes a `tell` last:
//
//   template <class Options, log_view Log, class Tell>
//   constexpr bool verified_is_in_the_log(node_state<Options> const& s, Log const& log, Tell&& tell) {
//     return s.verified <= log.last() ||
//            tell("a follower has verified no more than it holds", "node ", s.self, " has verified up to ",
//                 s.verified, ", and holds up to ", log.last());
//   }
//
// tell(law, parts...) returns false. The law is what should be true, a literal; the parts (part.hpp) say what is.
#pragma once

#include "quorate/core/config.hpp"
#include "quorate/core/part.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate {

// For those who want the bool alone: nothing is told, and nothing of it is left in the program.
struct quiet {
  template <class... Parts>
  constexpr bool operator()(char const*, Parts const&...) const {
    return false;
  }
};

// Keeps what was told: the law that is broken, and by which values.
struct breach {
  static constexpr std::size_t capacity = 14;

  char const* law = nullptr; // none while nothing is broken
  part parts[capacity]{};
  std::uint8_t size = 0;

  constexpr explicit operator bool() const { return law != nullptr; }

  template <class... Parts>
  [[gnu::cold]] constexpr bool operator()(char const* broken, Parts const&... said) {
    static_assert(sizeof...(Parts) <= capacity, "quorate: a breach has too few places for so many parts");
    law = broken;
    size = 0;
    ((parts[size++] = detail::part_of(said)), ...);
    return false;
  }
};

// The values that break it: "node B votes in term 1 for A, and has voted for B".
template <class Out>
constexpr void append(Out& out, breach const& b) {
  for (std::size_t i = 0; i < b.size; ++i) append(out, b.parts[i]);
}
constexpr short_text<400> text(breach const& b) {
  short_text<400> out;
  append(out, b);
  return out;
}

} // namespace quorate
