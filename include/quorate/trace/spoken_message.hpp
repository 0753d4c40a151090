// A message as a story tells it: as message/print.hpp prints it, with its ballots spoken.
#pragma once

#include "quorate/message/print.hpp"
#include "quorate/trace/spoken.hpp"

#include <string>
#include <string_view>
#include <type_traits>

namespace quorate::check {

// Appends it to `out`.
template <class T>
void speak(std::string& out, T const& x) {
  if constexpr (std::is_same_v<T, stamp> || std::is_same_v<T, ballot>) {
    out += spoken_era(x.value);
  } else if constexpr (reflected<T>) {
    char const* comma = "";
    out.append(type_name<T>()) += '{';
    for_each_field(x, [&](std::string_view name, auto const& m) {
      out.append(comma).append(name).append(": ");
      speak(out, m);
      comma = ", ";
    });
    out += '}';
  } else {
    quorate::print(out, x);
  }
}
template <class T>
std::string spoken(T const& message) {
  std::string out;
  speak(out, message);
  return out;
}

} // namespace quorate::check
