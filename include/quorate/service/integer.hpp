// Decimal integers as Redis takes them: one spelling a number, nothing around it.
#pragma once

#include "quorate/core/config.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

namespace quorate::service {

// The number that `text` spells in full, or nothing: no blanks, no plus, no leading zero, no "-0". One spelling
// only, because INCR rewrites the value and a client must get back what it would have written itself.
template <class Int>
std::optional<Int> parse_integer(std::string_view text) {
  if (text.size() > std::numeric_limits<Int>::digits10 + 2) return std::nullopt; // however long: not read at all
  Int n{};
  auto const* const end = text.data() + text.size();
  auto const [at, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc{} || at != end) return std::nullopt;
  auto const digits = text.front() == '-' ? text.substr(1) : text;
  if (digits.front() == '0' && text.size() > 1) return std::nullopt;
  return n;
}

} // namespace quorate::service
