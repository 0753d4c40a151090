// How a property says what breaks it.
#pragma once

#include "quorate/core/config.hpp"

namespace quorate {

struct breach {
  char const* law = nullptr;
  template <class... Values>
  constexpr bool operator()(char const* l, Values const&...) {
    law = l;
    return false;
  }
};

} // namespace quorate
