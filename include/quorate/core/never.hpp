// For a static_assert that fails where it is instantiated: `static_assert(detail::never<T>, "a sentence")`.
#pragma once

#include "quorate/core/config.hpp"

namespace quorate::detail {

template <class>
inline constexpr bool never = false;

} // namespace quorate::detail
