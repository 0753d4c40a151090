// The term or the ballot under which a message is said; none for one that asks about another.
#pragma once

#include "quorate/core/id.hpp"

namespace quorate::check {

template <class M>
constexpr stamp era_of(M const& m) {
  if constexpr (requires { m.term; })
    return m.term;
  else if constexpr (requires { m.ballot; })
    return m.ballot;
  else
    return {};
}

} // namespace quorate::check
