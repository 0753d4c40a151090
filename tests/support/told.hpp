// What a property tells, in one line: "the law: the values".
#pragma once

#include "quorate/core/breach.hpp"

#include <string>

namespace quorate::test {

// Calls property(tell); "nothing" is told when it holds.
template <class Property>
std::string told(Property&& property) {
  breach b;
  bool const holds = property(b);
  if (holds != !b) return "the property and its word differ";
  if (holds) return "nothing";
  std::string out = std::string{b.law} + ": ";
  append(out, b);
  return out;
}

} // namespace quorate::test
