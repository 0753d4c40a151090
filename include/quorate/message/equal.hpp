// Equality by fields, for structs that have no operator== of their own, and for what they are made of.
#pragma once

#include "quorate/core/payloads.hpp"
#include "quorate/message/reflect.hpp"

#include <cstddef>

namespace quorate {

// True if a and b have the same value: structs field by field, optionals, arrays, vectors and other sequences
// element by element, borrowed bytes and payloads by what they point to, and anything else by its ==.
template <class T>
constexpr bool equal(T const& a, T const& b) {
  if constexpr (reflected<T>) {
    return reflection<T>::with_members(a, [&](auto const&... x) {
      return reflection<T>::with_members(b, [&](auto const&... y) { return (quorate::equal(x, y) && ...); });
    });
  } else if constexpr (std::is_same_v<T, payloads>) {
    return a.count() == b.count() && quorate::equal(a.whole(), b.whole());
  } else if constexpr (requires { a.has_value(), *a; }) {
    return a.has_value() == b.has_value() && (!a.has_value() || quorate::equal(*a, *b));
  } else if constexpr (requires { a.size(), a[0]; }) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!quorate::equal(a[i], b[i])) return false;
    return true;
  } else {
    return a == b;
  }
}

} // namespace quorate
